//! Bodies of what is asked of the vault.

use axum::body::Bytes;
use sanduan_protocol::local::Refusal;
use sanduan_protocol::local::request::{Passphrase, VaultAsk};
use serde::Deserialize;

use super::super::routes::Call;
use super::{json, optional};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnlockBody {
    passphrase: Passphrase,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetBody {
    #[serde(default)]
    old: Passphrase,
    new: Passphrase,
    #[serde(default)]
    unattended: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveBody {
    old: Passphrase,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WipeBody {
    #[serde(default)]
    code: Option<String>,
}

/// The wish in a body.
///
/// # Errors
/// The body is not as required.
pub(super) fn read(call: Call, body: &Bytes) -> Result<VaultAsk, Refusal> {
    Ok(match call {
        Call::Unlock => {
            let UnlockBody { passphrase } = json(body)?;
            VaultAsk::Unlock { passphrase }
        }
        Call::SetPassphrase => {
            let SetBody { old, new, unattended } = json(body)?;
            VaultAsk::SetPassphrase { old, new, unattended }
        }
        Call::RemovePassphrase => {
            let RemoveBody { old } = json(body)?;
            VaultAsk::RemovePassphrase { old }
        }
        Call::Wipe => {
            let WipeBody { code } = optional(body)?;
            VaultAsk::Wipe { code }
        }
        // `read` of the whole table sends only those four here.
        _ => VaultAsk::Show,
    })
}
