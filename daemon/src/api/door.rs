//! The vault's guard before the API: what is asked of the vault goes to it, orders must pass it,
//! and before the vault is opened nothing else passes.

use sanduan_protocol::local::{Refusal, Reply, Request};

use super::Api;
use super::routes::Call;
use crate::pump::Answer;
use crate::vault::guard;

/// True if this may be asked now.
pub(super) fn lets_in(api: &Api, call: Call) -> bool {
    let of_the_vault = matches!(
        call,
        Call::Vault
            | Call::Unlock
            | Call::Lock
            | Call::SetPassphrase
            | Call::RemovePassphrase
            | Call::Wipe
            | Call::Openapi
    );
    of_the_vault || api.guard.as_ref().is_none_or(|guard| guard.is_open())
}

/// What everything else is told.
pub(super) fn shut() -> Refusal {
    guard::shut()
}

/// Ask the vault or, past its guard, the machine.
///
/// # Errors
/// What they refuse.
pub(super) async fn ask(api: &Api, request: Request) -> Answer {
    let Some(guard) = &api.guard else { return api.ask(request).await };
    if let Request::Vault(ask) = request {
        return guard.answer(ask).await;
    }
    guard.admit(&request)?;
    let mut reply = api.ask(request).await?;
    if let Reply::Status(status) = &mut reply {
        status.vault = guard.row();
    }
    Ok(reply)
}
