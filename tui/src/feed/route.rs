//! Which HTTP call each request is, and how its answer is read back. The daemon serves the same
//! table; `docs` of the control API describe it.

use sanduan_protocol::base::ids::{DeviceId, SpokenId};
use sanduan_protocol::local::request::{FileDraft, TextMeans, VaultAsk};
use sanduan_protocol::local::{Refusal, Reply, Request};
use serde::Serialize;
use serde_json::{Value, json};

use super::FeedError;
use super::http::{Call, Head};

/// The call for a request.
pub fn call_for(request: &Request) -> Call {
    match request {
        Request::Status => get("/v1/status", &[]),
        Request::Bearers => get("/v1/bearers", &[]),
        Request::Peers => get("/v1/peers", &[]),
        Request::Directory => get("/v1/directory", &[]),
        Request::DirectoryList { list } => get(&format!("/v1/directory/{}", encode(list)), &[]),
        Request::ImportDirectory(draft) => post("/v1/directory/import", draft),
        Request::ExportDirectory => get("/v1/directory/export", &[]),
        Request::DeviceOfKey { key } => get(&format!("/v1/devices/{}", encode(key)), &[]),
        Request::ShowDevice { device } => get(&format!("/v1/devices/{device}/detail"), &[]),
        Request::Orders { open_only } => orders(*open_only),
        Request::Order { id } => get(&format!("/v1/orders/{id}"), &[]),
        Request::SendOrder(draft) => post("/v1/orders", draft),
        Request::SetOperator { name } => post("/v1/operator", &json!({ "name": name })),
        Request::SignOrder { id, person } => sign(*id, person.as_deref()),
        Request::CancelOrder { id, reason, person } => withdraw(*id, reason, person.as_deref()),
        Request::SendReceipt(draft) => {
            post(&format!("/v1/orders/{}/receipts", draft.id), &without_id(draft))
        }
        Request::Files => get("/v1/files", &[]),
        Request::SendFile { draft, bytes } => send_file(draft, bytes),
        Request::FetchFile { file } => fetch_file(file),
        Request::OpenFile { file } => get(&format!("/v1/files/{}", encode(file)), &[]),
        Request::Positions => get("/v1/positions", &[]),
        Request::ReportPosition(draft) => post("/v1/positions", draft),
        Request::Stock { depot, item } => {
            get("/v1/stock", &[("depot", depot.as_deref()), ("item", item.as_deref())])
        }
        Request::StockCard { item, depot } => {
            get(&format!("/v1/stock/items/{}", encode(item)), &[("depot", depot.as_deref())])
        }
        Request::Waybills => get("/v1/stock/waybills", &[]),
        Request::PostMovement(draft) => post("/v1/stock/movements", draft),
        Request::PostMovements { movements } => {
            post("/v1/stock/movements", &json!({ "movements": movements }))
        }
        Request::ShipWaybill(draft) => post("/v1/stock/waybills", draft),
        Request::ArriveWaybill(draft) => {
            post(&format!("/v1/stock/waybills/{}/arrive", draft.id), &without_id(draft))
        }
        Request::PostCount(draft) => post("/v1/stock/counts", draft),
        Request::SnapshotStock { person } => snapshot(person.as_deref()),
        Request::SealStock => post("/v1/stock/seals", &json!({})),
        Request::Log { after_ms, limit } => log(*after_ms, *limit),
        Request::Outbox => get("/v1/outbox", &[]),
        Request::ReloadBearers { check_only } => {
            post("/v1/bearers/reload", &json!({ "check_only": check_only }))
        }
        Request::Vault(ask) => vault(ask),
        Request::AdmitDevice { request, unit, roles, again } => admit(request, unit, roles, *again),
        Request::RenewDevice { device } => post("/v1/devices/renew", &json!({ "device": device })),
        Request::RevokeDevice { device, reason } => revoke(*device, reason),
        Request::AddToGroup { group, units, depots } => of_group("add", group, units, depots),
        Request::RemoveFromGroup { group, units, depots } => {
            of_group("remove", group, units, depots)
        }
        Request::CarryExport { for_device } => carry_export(for_device.as_deref()),
        Request::CarryImport { bytes } => post_octets("/v1/carry/import", bytes),
        Request::CarrySheets { for_device, bytes_max, chars_max } => {
            carry_sheets(for_device.as_deref(), *bytes_max, *chars_max)
        }
        Request::CarryScan { lines } => post("/v1/carry/scan", &json!({ "lines": lines })),
        Request::Village => get("/v1/village", &[]),
        Request::VillageHear { means, number, text } => hear(*means, number, text),
    }
}

fn log(after_ms: Option<u64>, limit: u32) -> Call {
    let (after_ms, limit) = (after_ms.map(|ms| ms.to_string()), limit.to_string());
    get("/v1/log", &[("after_ms", after_ms.as_deref()), ("limit", Some(&limit))])
}

fn snapshot(person: Option<&str>) -> Call {
    post("/v1/stock/snapshots", &json!({ "person": person }))
}

fn orders(open_only: bool) -> Call {
    get("/v1/orders", &[("open", open_only.then_some("true"))])
}

fn revoke(device: DeviceId, reason: &str) -> Call {
    post("/v1/devices/revoke", &json!({ "device": device, "reason": reason }))
}

fn of_group(change: &str, group: &str, units: &[String], depots: &[String]) -> Call {
    let body = json!({ "group": group, "units": units, "depots": depots });
    post(&format!("/v1/groups/{change}"), &body)
}

/// The word by which the answer to a request is tagged in [`Reply`]; none for a file.
fn reply_word(request: &Request) -> Option<&'static str> {
    Some(match request {
        Request::Status => "status",
        Request::Bearers => "bearers",
        Request::Peers => "peers",
        Request::Directory => "directory",
        Request::DirectoryList { .. } => "directory_list",
        Request::ImportDirectory(_) => "imported",
        Request::DeviceOfKey { .. } => "device",
        Request::ShowDevice { .. } => "device_detail",
        Request::Orders { .. } => "orders",
        Request::Order { .. } => "order",
        Request::Files => "files",
        Request::SendFile { .. } => "file_saved",
        Request::FetchFile { .. } => "file",
        Request::Positions => "positions",
        Request::Stock { .. } => "stock",
        Request::StockCard { .. } => "stock_card",
        Request::Waybills => "waybills",
        Request::Log { .. } => "log",
        Request::Outbox => "outbox",
        Request::SendOrder(_)
        | Request::SignOrder { .. }
        | Request::SetOperator { .. }
        | Request::CancelOrder { .. }
        | Request::SendReceipt(_)
        | Request::ReportPosition(_)
        | Request::PostMovement(_)
        | Request::PostMovements { .. }
        | Request::ShipWaybill(_)
        | Request::ArriveWaybill(_)
        | Request::PostCount(_)
        | Request::SnapshotStock { .. }
        | Request::SealStock
        | Request::RenewDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::AddToGroup { .. }
        | Request::RemoveFromGroup { .. } => "saved",
        Request::ReloadBearers { .. } => "reloaded",
        Request::Vault(VaultAsk::Wipe { .. }) => "wipe",
        Request::Vault(_) => "vault",
        Request::AdmitDevice { .. } => "admitted",
        Request::Village | Request::VillageHear { .. } => "village",
        Request::CarrySheets { .. } => "carry_sheets",
        Request::CarryScan { .. } => "carry_scanned",
        Request::CarryImport { .. } => "carry_taken",
        Request::CarryExport { .. } | Request::ExportDirectory | Request::OpenFile { .. } => {
            return None;
        }
    })
}

/// Reads the answer to a request.
///
/// # Errors
/// The daemon refused, or the body is not the answer to this request.
pub fn answer(request: &Request, head: &Head, body: Vec<u8>) -> Result<Reply, FeedError> {
    if !(200..300).contains(&head.status) {
        return Err(match serde_json::from_slice::<Refusal>(&body) {
            Ok(refusal) => FeedError::Refused(refusal),
            Err(_) => FeedError::BadAnswer { what: format!("HTTP {}", head.status) },
        });
    }
    let Some(word) = reply_word(request) else {
        if matches!(request, Request::OpenFile { .. }) {
            return Ok(Reply::FileBytes { bytes: body });
        }
        let records = head.header("x-sanduan-records").and_then(|text| text.parse().ok());
        return Ok(Reply::CarryFile { bytes: body, records: records.unwrap_or(0) });
    };
    let unreadable = |what: String| FeedError::BadAnswer { what };
    let mut value: Value =
        serde_json::from_slice(&body).map_err(|error| unreadable(error.to_string()))?;
    match value.as_object_mut() {
        Some(fields) => fields.insert("reply".to_owned(), Value::from(word)),
        None => return Err(unreadable("the answer is not an object".to_owned())),
    };
    serde_json::from_value(value).map_err(|error| unreadable(format!("{word}: {error}")))
}

/// The value inside a reply, as the daemon sent it.
pub fn bare(reply: &Reply) -> Value {
    let mut value = serde_json::to_value(reply).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("reply");
    }
    value
}

fn get(path: &str, query: &[(&str, Option<&str>)]) -> Call {
    let mut path = path.to_owned();
    let mut mark = '?';
    for (name, value) in query {
        if let Some(value) = value {
            path.push_str(&format!("{mark}{name}={}", encode(value)));
            mark = '&';
        }
    }
    Call { method: "GET", path, content_type: None, body: Vec::new(), extra: Vec::new() }
}

fn vault(ask: &VaultAsk) -> Call {
    match ask {
        VaultAsk::Show => get("/v1/vault", &[]),
        VaultAsk::Unlock { passphrase } => post("/v1/unlock", &json!({ "passphrase": passphrase })),
        VaultAsk::Lock => post("/v1/lock", &json!({})),
        VaultAsk::SetPassphrase { old, new, unattended } => {
            let body = json!({ "old": old, "new": new, "unattended": unattended });
            post("/v1/vault/passphrase", &body)
        }
        VaultAsk::RemovePassphrase { old } => {
            post("/v1/vault/passphrase/remove", &json!({ "old": old }))
        }
        VaultAsk::Wipe { code } => post("/v1/wipe", &json!({ "code": code })),
    }
}

fn hear(means: Option<TextMeans>, number: &str, text: &str) -> Call {
    post("/v1/village/hear", &json!({ "means": means, "number": number, "text": text }))
}

fn admit(request: &str, unit: &str, roles: &[String], again: bool) -> Call {
    let body = json!({ "request": request, "unit": unit, "roles": roles, "again": again });
    post("/v1/devices/admit", &body)
}

fn sign(id: SpokenId, person: Option<&str>) -> Call {
    post(&format!("/v1/orders/{id}/sign"), &json!({ "person": person }))
}

fn withdraw(id: SpokenId, reason: &str, person: Option<&str>) -> Call {
    post(&format!("/v1/orders/{id}/cancel"), &json!({ "reason": reason, "person": person }))
}

fn fetch_file(file: &str) -> Call {
    post(&format!("/v1/files/{}/fetch", encode(file)), &json!({}))
}

/// What is said of a file stands in the query, because the body is the file.
fn send_file(draft: &FileDraft, bytes: &[u8]) -> Call {
    let about = draft.about.map(|about| about.to_string());
    let query = [
        ("name", Some(draft.name.as_str())),
        ("mime", Some(draft.mime.as_str())),
        ("order", about.as_deref()),
        ("note", Some(draft.note.as_str()).filter(|note| !note.is_empty())),
        ("person", draft.person.as_deref()),
    ];
    Call {
        method: "POST",
        content_type: Some("application/octet-stream"),
        body: bytes.to_vec(),
        ..get("/v1/files", &query)
    }
}

fn post(path: &str, body: &impl Serialize) -> Call {
    let body = serde_json::to_vec(body).expect("our drafts hold only texts and numbers");
    let path = path.to_owned();
    Call { method: "POST", path, content_type: Some("application/json"), body, extra: Vec::new() }
}

fn carry_export(for_device: Option<&str>) -> Call {
    post("/v1/carry/export", &json!({ "for_device": for_device }))
}

fn carry_sheets(for_device: Option<&str>, bytes_max: u32, chars_max: u16) -> Call {
    let body = json!({ "for_device": for_device, "bytes_max": bytes_max, "chars_max": chars_max });
    post("/v1/carry/sheets", &body)
}

fn post_octets(path: &str, body: &[u8]) -> Call {
    let (path, body) = (path.to_owned(), body.to_vec());
    let content_type = Some("application/octet-stream");
    Call { method: "POST", path, content_type, body, extra: Vec::new() }
}

/// A draft whose number stands in the path.
fn without_id(draft: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(draft).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("id");
    }
    value
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986, section 2.3).
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
