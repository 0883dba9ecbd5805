//! The configuration that a new folder gets: the commented file, and below it the bearers that were
//! asked for on the command line. Who joins in the rain should not have to edit a file. What the
//! keys mean is read elsewhere; nothing here is ever written into a file that is there already.

use std::fmt::Write;

use super::DEFAULT;

/// What the file of a new folder says beside the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starter {
    /// The person at its console.
    pub operator: String,
    /// Machines in reach on the local or ad hoc network find each other.
    pub lan: bool,
    /// Addresses of machines that are reached by datagrams.
    pub udp: Vec<String>,
}

impl Starter {
    /// True if a bearer is asked for.
    pub fn names_bearers(&self) -> bool {
        self.lan || !self.udp.is_empty()
    }

    /// The file.
    pub fn text(&self) -> String {
        // Names and addresses go into TOML basic strings; the library escapes them.
        let quoted = toml::Value::from(self.operator.as_str()).to_string();
        let mut text = DEFAULT.replace("operator = \"\"", &format!("operator = {quoted}"));
        if !self.names_bearers() {
            return text;
        }
        text.push_str(
            "\n# ---- 建网或入网时写明的承载 Bearers named when this folder was made ----\n",
        );
        if self.lan {
            text.push_str("\n[[bearer]]\nname = \"wifi\"\nkind = \"lan\"\n");
        }
        if !self.udp.is_empty() {
            let peers = toml::Value::from(self.udp.clone());
            text.push_str("\n[[bearer]]\nname = \"ip\"\nkind = \"udp\"\n");
            // Writing into a text cannot fail.
            let _ = writeln!(text, "listen = \"0.0.0.0:7819\"\npeers = {peers}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{BearerKind, Config};

    #[test]
    fn bearers_named_when_a_folder_is_made_stand_in_its_file() {
        let starter = Starter {
            operator: "王 \"小\" 明".to_owned(),
            lan: cfg!(feature = "lan"),
            udp: vec!["192.168.1.20:7819".to_owned(), "10.0.0.3:7819".to_owned()],
        };
        let read = Config::parse(Path::new("sanduan.toml"), &starter.text()).expect("sound");
        assert_eq!(read.operator, "王 \"小\" 明");
        let names: Vec<&str> = read.bearers.iter().map(|bearer| bearer.name.as_str()).collect();
        assert_eq!(names, if cfg!(feature = "lan") { vec!["wifi", "ip"] } else { vec!["ip"] });
        let Some(BearerKind::Udp(udp)) = read.bearers.last().map(|bearer| &bearer.kind) else {
            panic!("datagrams: {:?}", read.bearers)
        };
        assert_eq!(udp.peers.len(), 2);
    }

    #[test]
    fn without_wishes_the_file_is_the_commented_one() {
        assert_eq!(Starter::default().text(), DEFAULT);
    }
}
