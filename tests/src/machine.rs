//! One machine of the network: a data folder, a daemon that can be started, stopped and killed,
//! its control interface, and the command line as a person there would use it.

use std::path::{Path, PathBuf};
use std::process::Command;

use sanduan_protocol::local::reply::Reply;
use sanduan_protocol::local::rows::{
    BearerRow, DirectoryRows, LogRow, OrderDetail, OrderRow, PositionRow, StatusRow, StockRow,
    WaybillRow,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::binaries;
use crate::config::Config;
use crate::http::Http;
use crate::process::{Ended, Process, run};
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// A machine that has a place in a network.
#[derive(Debug)]
pub struct Machine {
    name: String,
    folder: PathBuf,
    logs: PathBuf,
    http: Http,
    daemon: Option<Process>,
    before: Vec<String>,
}

/// Answer to a wish that wrote records.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Saved {
    /// Number of the last record written.
    pub id: Option<String>,
    /// How many were written.
    pub records: u32,
}

impl Machine {
    /// The machine whose data lie in `folder`; its logs go to `logs`.
    pub fn new(name: &str, folder: PathBuf, logs: &Path) -> Machine {
        let http = Http::at(&folder.join("control.sock"));
        let (name, logs) = (name.into(), logs.to_owned());
        Machine { name, folder, logs, http, daemon: None, before: Vec::new() }
    }

    /// From now on its daemon is started with these words before it, such as those that lead to
    /// another host.
    pub fn start_by(&mut self, before: Vec<String>) {
        self.before = before;
    }

    /// Its name in the lab.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Path of its control socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("control.sock")
    }

    /// Its control interface.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Writes its configuration.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn configure(&self, config: &Config) -> Outcome {
        std::fs::write(self.config_file(), config.text(&self.folder)).map_err(Trouble::from)
    }

    /// Path of its configuration.
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("sanduan.toml")
    }

    /// Starts the daemon and waits until it answers.
    ///
    /// # Errors
    /// When it ends by itself or does not answer in time.
    pub fn start(&mut self) -> Outcome {
        self.start_until("/v1/status")
    }

    /// Starts the daemon of a machine that waits for its passphrase.
    ///
    /// # Errors
    /// As [`Machine::start`].
    pub fn start_locked(&mut self) -> Outcome {
        self.start_until("/v1/vault")
    }

    /// Starts the daemon and does not wait for it: whoever wants to cut it off in its opening.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn begin(&mut self) -> Outcome {
        self.daemon = Some(self.spawn()?);
        Ok(())
    }

    /// Asks the daemon to end and does not wait: it takes its last checkpoint now.
    ///
    /// # Errors
    /// When it does not run.
    pub fn begin_to_end(&self) -> Outcome {
        self.daemon.as_ref().map_or(Ok(()), Process::ask_to_end)
    }

    fn spawn(&self) -> Outcome<Process> {
        let program = binaries::folder()?.join("sanduand");
        let mut command = match self.before.split_first() {
            Some((first, more)) => {
                let mut command = Command::new(first);
                command.args(more).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.arg("--config").arg(self.config_file());
        Process::start(&self.name, &self.logs, &mut command)
    }

    fn start_until(&mut self, path: &str) -> Outcome {
        let mut daemon = self.spawn()?;
        let http = self.http.clone();
        wait_for(&format!("{} to answer", self.name), seconds(30), || {
            daemon.still_runs()?;
            http.get::<Value>(path)
        })?;
        self.daemon = Some(daemon);
        Ok(())
    }

    /// Asks the daemon to end, and sees that it ends well.
    ///
    /// # Errors
    /// When it does not end, or not with 0.
    pub fn stop(&mut self) -> Outcome {
        let Some(mut daemon) = self.daemon.take() else { return Ok(()) };
        match daemon.stop(seconds(20))? {
            0 => Ok(()),
            code => Err(Trouble::new(format!("{} ended with {code}", self.name))),
        }
    }

    /// Waits for the daemon to end well by itself.
    ///
    /// # Errors
    /// When it does not end, or not with 0.
    pub fn ends_by_itself(&mut self) -> Outcome {
        let Some(mut daemon) = self.daemon.take() else { return Ok(()) };
        let status = wait_for(&format!("{} to end", self.name), seconds(30), || {
            daemon.ended().ok_or_else(|| Trouble::new("it still runs"))
        })?;
        match status.success() {
            true => Ok(()),
            false => Err(Trouble::new(format!("{} ended with {status}", self.name))),
        }
    }

    /// Ends the daemon at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill();
        }
    }

    /// Process number of the daemon, if it runs.
    pub fn pid(&self) -> Option<u32> {
        self.daemon.as_ref().map(Process::pid)
    }

    /// Everything the daemon logged so far, over all its starts.
    pub fn log_text(&self) -> String {
        let path = self.logs.join(format!("{}.log", self.name));
        std::fs::read_to_string(path).unwrap_or_default()
    }

    /// Runs the command line against this machine, as a person there would.
    ///
    /// # Errors
    /// When the program cannot be started. Its exit code is part of the answer.
    pub fn try_cli(&self, args: &[&str]) -> Outcome<Ended> {
        let socket = self.socket();
        let mut all = vec!["--socket", socket.to_str().unwrap_or_default()];
        all.extend_from_slice(args);
        run(&binaries::folder()?.join("sanduan"), &all)
    }

    /// Runs the command line and wants it to end well.
    ///
    /// # Errors
    /// When it does not.
    pub fn cli(&self, args: &[&str]) -> Outcome<String> {
        self.try_cli(args)?.well(&format!("{}: sanduan {}", self.name, args.join(" ")))
    }

    /// Runs a command that writes records, and gives the number of the last one.
    ///
    /// # Errors
    /// When it does not end well or says no number.
    pub fn cli_saved(&self, args: &[&str]) -> Outcome<String> {
        let mut all = vec!["--json"];
        all.extend_from_slice(args);
        let text = self.cli(&all)?;
        let saved: Saved = serde_json::from_str(&text)
            .map_err(|error| Trouble::new(format!("{}: {error}: {text}", args.join(" "))))?;
        saved.id.ok_or_else(|| Trouble::new(format!("{} gave no number", args.join(" "))))
    }

    /// The node at a glance.
    ///
    /// # Errors
    /// When the daemon does not answer; so for all questions below.
    pub fn status(&self) -> Outcome<StatusRow> {
        self.http.get("/v1/status")
    }

    /// All orders.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn orders(&self) -> Outcome<Vec<OrderRow>> {
        self.list("/v1/orders", "orders")
    }

    /// One order with its answers.
    ///
    /// # Errors
    /// As [`Machine::status`], and when it is not known here.
    pub fn order(&self, id: &str) -> Outcome<OrderDetail> {
        self.http.get(&format!("/v1/orders/{id}"))
    }

    /// The newest position of every unit.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn positions(&self) -> Outcome<Vec<PositionRow>> {
        self.list("/v1/positions", "positions")
    }

    /// Stock of every depot.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn stock(&self) -> Outcome<Vec<StockRow>> {
        self.list("/v1/stock", "stock")
    }

    /// Stock of one item in one depot, by the codes.
    ///
    /// # Errors
    /// As [`Machine::status`], and when there is no such row.
    pub fn stock_of(&self, depot: &str, item: &str) -> Outcome<StockRow> {
        let rows: Vec<StockRow> =
            self.list(&format!("/v1/stock?depot={depot}&item={item}"), "stock")?;
        let found = rows.into_iter().find(|row| row.item_code == item);
        found.ok_or_else(|| Trouble::new(format!("{}: no {item} in {depot}", self.name)))
    }

    /// All waybills.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn waybills(&self) -> Outcome<Vec<WaybillRow>> {
        self.list("/v1/stock/waybills", "waybills")
    }

    /// Everything that happened.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn log(&self) -> Outcome<Vec<LogRow>> {
        self.list("/v1/log", "log")
    }

    /// All links.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn bearers(&self) -> Outcome<Vec<BearerRow>> {
        self.list("/v1/bearers", "bearers")
    }

    /// Who and what there is.
    ///
    /// # Errors
    /// As [`Machine::status`].
    pub fn directory(&self) -> Outcome<DirectoryRows> {
        self.http.get("/v1/directory")
    }

    fn list<T: DeserializeOwned>(&self, path: &str, key: &str) -> Outcome<Vec<T>> {
        let mut whole: Value = self.http.get(path)?;
        serde_json::from_value(whole[key].take())
            .map_err(|error| Trouble::from(error).during(&format!("{} {path}", self.name)))
    }
}

/// What a wish came to, read from the words of the contract; used where a journey checks that the
/// interface speaks the types it is written in.
///
/// # Errors
/// When the value has another shape.
pub fn as_reply(word: &str, mut value: Value) -> Outcome<Reply> {
    value["reply"] = Value::from(word);
    serde_json::from_value(value).map_err(Trouble::from)
}
