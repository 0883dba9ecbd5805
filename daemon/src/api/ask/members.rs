//! Bodies of the calls that change who is in the network, and who can read what.

use axum::body::Bytes;
use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::local::{Refusal, Request};
use serde::Deserialize;

use super::super::routes::Call;
use super::json;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenewBody {
    device: DeviceId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    device: DeviceId,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupBody {
    group: String,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    depots: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdmitBody {
    request: String,
    unit: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    again: bool,
}

pub(super) fn renew(body: &Bytes) -> Result<Request, Refusal> {
    let RenewBody { device } = json(body)?;
    Ok(Request::RenewDevice { device })
}

pub(super) fn revoke(body: &Bytes) -> Result<Request, Refusal> {
    let RevokeBody { device, reason } = json(body)?;
    Ok(Request::RevokeDevice { device, reason })
}

pub(super) fn group(body: &Bytes, call: Call) -> Result<Request, Refusal> {
    let GroupBody { group, units, depots } = json(body)?;
    Ok(match call == Call::AddToGroup {
        true => Request::AddToGroup { group, units, depots },
        false => Request::RemoveFromGroup { group, units, depots },
    })
}

pub(super) fn admit(body: &Bytes) -> Result<Request, Refusal> {
    let AdmitBody { request, unit, roles, again } = json(body)?;
    Ok(Request::AdmitDevice { request, unit, roles, again })
}
