//! `device revoke` and `device renew` by the running daemon; `device admit` by it if there is one,
//! else by `sanduand` on its directory.

use std::ffi::OsString;
use std::path::Path;

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::local::{Reply, Request};

use super::args::AdmitArgs;
use super::carry::write_whole;
use super::session::{CommandError, Session};
use super::sibling;
use crate::feed::FeedError;
use crate::lang::{fill, io_words};

/// Stands in the folder of every machine.
const CONFIG: &str = "sanduan.toml";
/// A request file is a line of text; more is another file.
const REQUEST_BYTES_MAX: u64 = 64 * 1024;

/// `sanduan device admit …`.
pub fn admit(session: &mut Session, admit: AdmitArgs) -> Result<(), CommandError> {
    let text = session.text();
    let lang = session.lang;
    let unreadable = |what: &dyn std::fmt::Display| {
        CommandError::Local(fill(text.file_unreadable, &[&admit.file.display(), what]))
    };
    let known =
        std::fs::metadata(&admit.file).map_err(|error| unreadable(&io_words(&error, lang)))?;
    if known.len() > REQUEST_BYTES_MAX {
        let limit = REQUEST_BYTES_MAX;
        let sentence = fill(text.file_too_long, &[&admit.file.display(), &limit]);
        return Err(CommandError::Local(sentence));
    }
    let request = std::fs::read_to_string(&admit.file)
        .map_err(|error| unreadable(&io_words(&error, lang)))?;
    let roles = admit.role.iter().map(|role| (*role).to_owned()).collect();
    let wish =
        Request::AdmitDevice { request, unit: admit.unit.clone(), roles, again: admit.again };
    match session.feed.ask(&wish) {
        Ok(Reply::Admitted { device, join, check_words }) => {
            // The join file holds the secrets of the network: nobody else may read it.
            write_whole(&admit.out, join.as_bytes(), 0o600, session.lang)?;
            if session.json {
                let out = admit.out.display().to_string();
                let line = serde_json::json!(
                    { "device": device, "out": out, "check_words": check_words }
                );
                return session.line(&line.to_string());
            }
            let (out, words) = (admit.out.display(), check_words.join(" "));
            session.lines(&fill(text.admitted, &[&device, &out, &words, &device]))
        }
        Ok(_) => Err(session.unexpected()),
        // Nobody named the authority's folder, and it is not here: its daemon is what is missing.
        Err(error @ FeedError::NoDaemon { .. })
            if admit.dir.is_none() && !Path::new(CONFIG).exists() =>
        {
            Err(error.into())
        }
        Err(FeedError::NoDaemon { .. }) => {
            sibling::exec("device", &["admit"], &as_typed(&admit), session.lang)
        }
        Err(error) => Err(error.into()),
    }
}

/// `sanduan device renew N`.
pub fn renew(session: &mut Session, device: u16) -> Result<(), CommandError> {
    let device = DeviceId(device);
    match session.feed.ask(&Request::RenewDevice { device })? {
        Reply::Saved { .. } if session.json => {
            session.line(&serde_json::json!({ "device": device, "renewed": true }).to_string())
        }
        Reply::Saved { .. } => session.line(&fill(session.lang.device().renewed, &[&device])),
        _ => Err(session.unexpected()),
    }
}

/// `sanduan device revoke …`.
pub fn revoke(session: &mut Session, device: u16, reason: String) -> Result<(), CommandError> {
    let text = session.text();
    let device = DeviceId(device);
    match session.feed.ask(&Request::RevokeDevice { device, reason })? {
        Reply::Saved { .. } if session.json => {
            session.line(&serde_json::json!({ "device": device, "revoked": true }).to_string())
        }
        Reply::Saved { .. } => session.line(&fill(text.revoked, &[&device, &device])),
        _ => Err(session.unexpected()),
    }
}

fn as_typed(admit: &AdmitArgs) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec![admit.file.clone().into()];
    let mut option = |name: &str, value: OsString| {
        arguments.push(name.into());
        arguments.push(value);
    };
    option("--as", admit.unit.clone().into());
    for role in &admit.role {
        option("--role", role.into());
    }
    option("--out", admit.out.clone().into());
    if let Some(dir) = &admit.dir {
        option("--dir", dir.clone().into());
    }
    if admit.again {
        arguments.push("--again".into());
    }
    arguments
}
