//! The made-up district's passphrase.

use sanduan_protocol::local::request::VaultAsk;
use sanduan_protocol::local::rows::{OrderLock, Protection, WipeRow};
use sanduan_protocol::local::{Event, Refusal, RefusalCode, Reply, Request};

use super::Rows;
use crate::feed::FeedError;

/// The passphrase of the made-up district.
pub const PASSPHRASE: &str = "山高水长";

/// Why an order is not taken now.
pub(super) fn refusal(rows: &Rows, request: &Request) -> Option<Refusal> {
    let orders = matches!(request, Request::SendOrder(_) | Request::CancelOrder { .. });
    let locked = rows.status.vault.orders == OrderLock::Locked;
    (orders && locked).then(|| {
        Refusal::new(
            RefusalCode::Locked,
            "下令须先输入口令：请运行 sanduan unlock",
            "orders need the passphrase: run `sanduan unlock`",
        )
    })
}

/// What the vault answers.
pub(super) fn answer(rows: &mut Rows, ask: &VaultAsk) -> Result<(Reply, Option<Event>), FeedError> {
    let row = &mut rows.status.vault;
    match ask {
        VaultAsk::Show => {}
        VaultAsk::Unlock { passphrase } => try_it(passphrase.as_str())?,
        VaultAsk::SetPassphrase { old, unattended, .. } => {
            if row.protection != Protection::KeyFile {
                try_it(old.as_str())?;
            }
            row.protection = match unattended {
                true => Protection::PassphraseForOrders,
                false => Protection::Passphrase,
            };
        }
        VaultAsk::RemovePassphrase { old } => {
            try_it(old.as_str())?;
            row.protection = Protection::KeyFile;
        }
        VaultAsk::Wipe { code } => return wipe(code.as_deref()),
        VaultAsk::Lock => {
            (row.orders, row.open_for_s) = (OrderLock::Locked, None);
            return Ok((Reply::Vault(row.clone()), None));
        }
    }
    if row.protection == Protection::KeyFile {
        (row.orders, row.open_for_s) = (OrderLock::NotNeeded, None);
    } else if !matches!(ask, VaultAsk::Show) {
        (row.orders, row.open_for_s) = (OrderLock::Open, Some(900));
    }
    Ok((Reply::Vault(row.clone()), None))
}

fn try_it(passphrase: &str) -> Result<(), FeedError> {
    if passphrase == PASSPHRASE {
        return Ok(());
    }
    let refusal = Refusal::new(RefusalCode::Locked, "口令不对，请再试", "wrong; try again");
    Err(FeedError::Refused(refusal))
}

fn wipe(code: Option<&str>) -> Result<(Reply, Option<Event>), FeedError> {
    let names = ["vault", "authority.key", "journal"];
    let destroyed = names.map(|name| format!("/var/lib/sanduan/{name}")).to_vec();
    match code {
        None => Ok((Reply::Wipe(WipeRow { destroyed, code: Some("407913".to_owned()) }), None)),
        Some("407913") => Ok((Reply::Wipe(WipeRow { destroyed, code: None }), None)),
        Some(_) => {
            let refusal = Refusal::new(RefusalCode::BadValue, "确认码不对", "the code is wrong");
            Err(FeedError::Refused(refusal))
        }
    }
}
