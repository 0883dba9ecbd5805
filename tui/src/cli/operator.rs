//! `operator`: who is at this device. Whoever is answers orders by name.

use sanduan_protocol::local::{Reply, Request};

use super::session::{CommandError, Session};

/// `sanduan operator [NAME]`.
pub fn operator(session: &mut Session, name: Option<String>) -> Result<(), CommandError> {
    if let Some(name) = name {
        return session.save(&Request::SetOperator { name });
    }
    match session.ask(&Request::Status)? {
        Some(Reply::Status(status)) if status.operator.is_empty() => {
            session.line(session.text().no_operator)
        }
        Some(Reply::Status(status)) => session.line(&status.operator),
        Some(_) => Err(session.unexpected()),
        None => Ok(()),
    }
}
