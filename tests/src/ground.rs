//! Ground with machines on it: each host is a network namespace of its own, each segment a bridge
//! that some of them are on, so that who hears whom is decided here. Links are cut and healed, and
//! what crosses them is counted by the kernel. Needs root, and touches nothing outside.
//!
//! Nothing has a name that others see: a namespace lives as long as the process that holds it, and
//! the holders end when the lab does.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{Process, run};
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};

/// State of an established connection in /proc/net/tcp (`TCP_ESTABLISHED` of the kernel's
/// include/net/tcp_states.h).
const ESTABLISHED: &str = "01";

/// The bridges, in a namespace of their own.
#[derive(Debug)]
pub struct Ground {
    switch: Process,
}

/// A place for a machine.
#[derive(Debug)]
pub struct Host {
    name: String,
    holder: Process,
}

/// Why there can be no ground here, if there cannot.
pub fn missing() -> Option<String> {
    for (program, package) in [("/bin/ip", "iproute2"), ("/usr/bin/nsenter", "util-linux")] {
        if !Path::new(program).exists() {
            return Some(format!("the package {package} is missing"));
        }
    }
    let try_both = "ip link add sdtry type veth peer name sdtry2 && ip link add sdtry3 type bridge";
    let tried = Command::new("unshare").args(["--net", "sh", "-c", try_both]).output();
    let permitted = tried.is_ok_and(|out| out.status.success());
    (!permitted).then(|| "network namespaces need root, and are not permitted here".to_owned())
}

impl Ground {
    /// Ground with these segments on it and nobody there.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn new(folder: &Path, segments: &[&str]) -> Outcome<Ground> {
        let switch = hold(folder, "switch")?;
        let ground = Ground { switch };
        for segment in segments {
            // Nobody asks who wants which group here, so the bridge must pass on all of them.
            let kind = ["type", "bridge", "mcast_snooping", "0"];
            ground.ip(&[&["link", "add", segment], &kind[..]].concat())?;
            ground.ip(&["link", "set", segment, "up"])?;
        }
        Ok(ground)
    }

    /// A host with an interface on each of these segments: segment, then address with its mask.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn host(&self, folder: &Path, name: &str, places: &[(&str, &str)]) -> Outcome<Host> {
        let host = Host { name: name.to_owned(), holder: hold(folder, name)? };
        for (segment, address) in places {
            let (port, there) = (port(name, segment), self.switch.pid().to_string());
            let near = ["link", "add", segment, "type", "veth"];
            host.ip(&[&near[..], &["peer", "name", &port, "netns", &there]].concat())?;
            host.ip(&["addr", "add", address, "dev", segment])?;
            self.ip(&["link", "set", &port, "master", segment])?;
            self.ip(&["link", "set", &port, "up"])?;
            host.ip(&["link", "set", segment, "up"])?;
        }
        Ok(host)
    }

    /// The cable of a host on a segment is pulled out of the bridge; the host itself sees nothing
    /// of it, as with a radio out of range.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn cut(&self, host: &Host, segment: &str) -> Outcome {
        self.ip(&["link", "set", &port(&host.name, segment), "nomaster"])
    }

    /// It is plugged in again.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn heal(&self, host: &Host, segment: &str) -> Outcome {
        self.ip(&["link", "set", &port(&host.name, segment), "master", segment])
    }

    fn ip(&self, words: &[&str]) -> Outcome {
        ip(self.switch.pid(), words)
    }
}

impl Host {
    /// Words that start a program on this host when put before it.
    pub fn enter(&self) -> Vec<String> {
        enter(self.holder.pid())
    }

    /// Its interface on a segment goes down, or up again.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn set(&self, segment: &str, is_up: bool) -> Outcome {
        self.ip(&["link", "set", segment, if is_up { "up" } else { "down" }])
    }

    /// Bytes that it has sent and received on a segment so far, Ethernet heads included.
    ///
    /// # Errors
    /// When it has no interface there.
    pub fn bytes(&self, segment: &str) -> Outcome<(u64, u64)> {
        let text = self.read("dev")?;
        let head = format!("{segment}:");
        let line = text.lines().find_map(|line| line.trim_start().strip_prefix(&head));
        // Eight columns of reception, then eight of transmission, bytes first (proc(5)).
        let columns: Vec<u64> =
            line.unwrap_or("").split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match (columns.first(), columns.get(8)) {
            (Some(received), Some(sent)) => Ok((*sent, *received)),
            _ => Err(Trouble::new(format!("{} has no {segment}", self.name))),
        }
    }

    /// Established TCP connections that begin or end at this port of the host or its peer.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn connections(&self, port: u16) -> Outcome<usize> {
        let text = self.read("tcp")?;
        let port = format!("{port:04X}");
        let is_one = |line: &&str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let ends = [words.get(1), words.get(2)];
            let at_port = ends.iter().flatten().any(|end| end.ends_with(&port));
            at_port && words.get(3) == Some(&ESTABLISHED)
        };
        Ok(text.lines().filter(is_one).count())
    }

    fn read(&self, what: &str) -> Outcome<String> {
        Ok(fs::read_to_string(format!("/proc/{}/net/{what}", self.holder.pid()))?)
    }

    fn ip(&self, words: &[&str]) -> Outcome {
        ip(self.holder.pid(), words)
    }
}

/// The bridge's end of a host's cable.
fn port(host: &str, segment: &str) -> String {
    format!("{host}-{segment}")
}

/// A process that holds a namespace until its input closes.
fn hold(folder: &Path, name: &str) -> Outcome<Process> {
    let ready = folder.join(format!("{name}.up"));
    let mut command = Command::new("unshare");
    // Without IPv6 nothing but our own programs sends.
    let script = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
        echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
        ip link set lo up && : > \"$1\" && cat";
    command.args(["--net", "sh", "-c", script, "host"]).arg(&ready);
    let mut holder = Process::start_group(&format!("{name}-net"), folder, &mut command)?;
    wait_for(&format!("the place of {name}"), seconds(20), || {
        holder.still_runs()?;
        ensure(ready.exists(), || "no namespace yet".to_owned())
    })?;
    Ok(holder)
}

fn enter(pid: u32) -> Vec<String> {
    vec!["nsenter".to_owned(), format!("--net=/proc/{pid}/ns/net")]
}

fn ip(pid: u32, words: &[&str]) -> Outcome {
    let mut args = enter(pid).split_off(1);
    args.push("ip".to_owned());
    args.extend(words.iter().map(|word| (*word).to_owned()));
    run(Path::new("nsenter"), &args)?.well(&format!("ip {}", words.join(" "))).map(drop)
}
