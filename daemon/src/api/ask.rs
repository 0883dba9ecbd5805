//! An HTTP request becomes a request to the machine, or a refusal in both languages. Bounded:
//! the body has a limit, the query may only have the names of the table.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Query, RawPathParams, Request as Http};
use sanduan_protocol::base::caps::{CARRY_BYTES_MAX, TABLES_BYTES_MAX};
use sanduan_protocol::base::ids::{DeviceId, SpokenId};
use sanduan_protocol::local::request::{
    ArrivalDraft, MOVEMENTS_PER_REQUEST_MAX, MovementDraft, ReceiptDraft, TextMeans, VaultAsk,
};
use sanduan_protocol::local::{Refusal, RefusalCode, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

mod members;
mod vault;

use super::routes::{Call, ROUTES};

/// Bytes of a JSON body: 2,048 movements of a CSV import fit.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperatorBody {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignBody {
    #[serde(default)]
    person: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelBody {
    reason: String,
    #[serde(default)]
    person: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovementsBody {
    movements: Vec<MovementDraft>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HearBody {
    #[serde(default)]
    means: Option<TextMeans>,
    number: String,
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReloadBody {
    #[serde(default)]
    check_only: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportBody {
    #[serde(default)]
    for_device: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotBody {
    #[serde(default)]
    person: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetsBody {
    #[serde(default)]
    for_device: Option<String>,
    bytes_max: u32,
    chars_max: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScanBody {
    lines: Vec<String>,
}

/// Read one HTTP request of an ordinary route.
///
/// # Errors
/// What is wrong with it, in both languages.
pub async fn read(call: Call, params: &RawPathParams, http: Http) -> Result<Request, Refusal> {
    let query = read_query(call, http.uri())?;
    let max = match call {
        Call::CarryImport => CARRY_BYTES_MAX,
        // A sign of text may take two bytes in JSON.
        Call::ImportDirectory => 2 * TABLES_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    };
    let body = axum::body::to_bytes(http.into_body(), max).await.map_err(|_| too_long(max))?;
    request(call, &named(params), &query, &body)
}

/// The names in the path of a route, with what stands in their place.
pub(super) fn named(params: &RawPathParams) -> Pairs {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The request of a route, with the names of its path, its query and its body.
///
/// # Errors
/// What is wrong with it, in both languages.
pub fn request(
    call: Call,
    params: &Pairs,
    query: &Pairs,
    body: &Bytes,
) -> Result<Request, Refusal> {
    Ok(match call {
        Call::Status => Request::Status,
        Call::Vault => Request::Vault(VaultAsk::Show),
        Call::Lock => Request::Vault(VaultAsk::Lock),
        Call::Unlock | Call::SetPassphrase | Call::RemovePassphrase | Call::Wipe => {
            Request::Vault(vault::read(call, body)?)
        }
        Call::Bearers => Request::Bearers,
        Call::ReloadBearers => {
            let ReloadBody { check_only } = optional(body)?;
            Request::ReloadBearers { check_only }
        }
        Call::Peers => Request::Peers,
        Call::Directory | Call::Devices => Request::Directory,
        Call::DirectoryList => Request::DirectoryList { list: param(params, "list")? },
        Call::ImportDirectory => Request::ImportDirectory(json(body)?),
        Call::ExportDirectory => Request::ExportDirectory,
        Call::Device => Request::DeviceOfKey { key: param(params, "key")? },
        Call::DeviceDetail => Request::ShowDevice { device: device(params)? },
        Call::Orders => Request::Orders { open_only: flag(query, "open")? },
        Call::Order => Request::Order { id: id(params)? },
        Call::SendOrder => Request::SendOrder(json(body)?),
        Call::SetOperator => {
            let OperatorBody { name } = json(body)?;
            Request::SetOperator { name }
        }
        Call::SignOrder => sign(id(params)?, body)?,
        Call::CancelOrder => withdraw(id(params)?, body)?,
        Call::SendReceipt => {
            let draft: ReceiptDraft = json(body)?;
            Request::SendReceipt(ReceiptDraft { id: id(params)?, ..draft })
        }
        Call::Positions => Request::Positions,
        Call::ReportPosition => Request::ReportPosition(json(body)?),
        Call::Stock => Request::Stock { depot: text(query, "depot"), item: text(query, "item") },
        Call::StockCard => {
            Request::StockCard { item: param(params, "item")?, depot: text(query, "depot") }
        }
        Call::PostMovements => movements(body)?,
        Call::Waybills => Request::Waybills,
        Call::ShipWaybill => Request::ShipWaybill(json(body)?),
        Call::ArriveWaybill => arrive(id(params)?, body)?,
        Call::PostCount => Request::PostCount(json(body)?),
        Call::SnapshotStock => snapshot(body)?,
        Call::SealStock => Request::SealStock,
        Call::Log => log(query)?,
        Call::Outbox => Request::Outbox,
        Call::AdmitDevice => members::admit(body)?,
        Call::RenewDevice => members::renew(body)?,
        Call::RevokeDevice => members::revoke(body)?,
        Call::AddToGroup | Call::RemoveFromGroup => members::group(body, call)?,
        Call::CarryExport => carry_export(body)?,
        Call::CarrySheets => carry_sheets(body)?,
        Call::CarryScan => carry_scan(body)?,
        Call::CarryImport => Request::CarryImport { bytes: body.to_vec() },
        Call::Village => Request::Village,
        Call::VillageHear => hear(body)?,
        // These never come here; `serve` takes them.
        Call::Events | Call::Metrics | Call::Openapi => Request::Status,
        Call::Files | Call::SendFile | Call::OpenFile | Call::FetchFile => Request::Files,
    })
}

fn log(query: &Pairs) -> Result<Request, Refusal> {
    let limit = number(query, "limit")?.unwrap_or(0).min(u64::from(u32::MAX)) as u32;
    Ok(Request::Log { after_ms: number(query, "after_ms")?, limit })
}

fn sign(id: SpokenId, body: &Bytes) -> Result<Request, Refusal> {
    let SignBody { person } = optional(body)?;
    Ok(Request::SignOrder { id, person })
}

fn withdraw(id: SpokenId, body: &Bytes) -> Result<Request, Refusal> {
    let CancelBody { reason, person } = json(body)?;
    Ok(Request::CancelOrder { id, reason, person })
}

fn arrive(id: SpokenId, body: &Bytes) -> Result<Request, Refusal> {
    let draft: ArrivalDraft = json(body)?;
    Ok(Request::ArriveWaybill(ArrivalDraft { id, ..draft }))
}

fn snapshot(body: &Bytes) -> Result<Request, Refusal> {
    let SnapshotBody { person } = optional(body)?;
    Ok(Request::SnapshotStock { person })
}

fn hear(body: &Bytes) -> Result<Request, Refusal> {
    let HearBody { means, number, text } = json(body)?;
    Ok(Request::VillageHear { means, number, text })
}

fn carry_export(body: &Bytes) -> Result<Request, Refusal> {
    let ExportBody { for_device } = optional(body)?;
    Ok(Request::CarryExport { for_device })
}

fn carry_sheets(body: &Bytes) -> Result<Request, Refusal> {
    let SheetsBody { for_device, bytes_max, chars_max } = json(body)?;
    Ok(Request::CarrySheets { for_device, bytes_max, chars_max })
}

fn carry_scan(body: &Bytes) -> Result<Request, Refusal> {
    let ScanBody { lines } = json(body)?;
    Ok(Request::CarryScan { lines })
}

/// A body that may be left out.
fn optional<T: Default + DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    if body.is_empty() { Ok(T::default()) } else { json(body) }
}

fn movements(body: &Bytes) -> Result<Request, Refusal> {
    let value: serde_json::Value = json(body)?;
    if value.get("movements").is_none() {
        let draft = serde_json::from_value(value).map_err(|error| bad_json(&error))?;
        return Ok(Request::PostMovement(draft));
    }
    let many: MovementsBody = serde_json::from_value(value).map_err(|error| bad_json(&error))?;
    if many.movements.len() > MOVEMENTS_PER_REQUEST_MAX {
        let max = MOVEMENTS_PER_REQUEST_MAX;
        return Err(Refusal::new(
            RefusalCode::TooLong,
            format!("一次最多 {max} 笔，请分批提交"),
            format!("at most {max} movements at once; send them in parts"),
        ));
    }
    Ok(Request::PostMovements { movements: many.movements })
}

/// Names and values of a query or a path.
pub type Pairs = BTreeMap<String, String>;

pub(super) fn read_query(call: Call, uri: &axum::http::Uri) -> Result<Pairs, Refusal> {
    let Query(query) = Query::<Pairs>::try_from_uri(uri).map_err(|error| {
        bad_value(
            format!("网址参数写法不对({error})"),
            format!("the query of the address cannot be read ({error})"),
        )
    })?;
    let allowed = ROUTES.iter().find(|route| route.call == call).map_or(&[][..], |r| r.query);
    match query.keys().find(|name| !allowed.iter().any(|(known, _)| known == name)) {
        Some(name) => {
            let known: Vec<&str> = allowed.iter().map(|(known, _)| *known).collect();
            let known = known.join(", ");
            Err(bad_value(
                format!("没有参数 {name};可用的有：{known}"),
                format!("no parameter {name}; there are: {known}"),
            ))
        }
        None => Ok(query),
    }
}

fn text(query: &Pairs, name: &str) -> Option<String> {
    query.get(name).filter(|value| !value.is_empty()).cloned()
}

fn flag(query: &Pairs, name: &str) -> Result<bool, Refusal> {
    match query.get(name).map(String::as_str) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1" | "") => Ok(true),
        Some(other) => Err(bad_value(
            format!("{name} 须为 true 或 false,不能是 {other}"),
            format!("{name} must be true or false, not {other}"),
        )),
    }
}

fn number(query: &Pairs, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(value) = query.get(name) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| {
        bad_value(
            format!("{name} 须为整数，不能是 {value}"),
            format!("{name} must be a whole number, not {value}"),
        )
    })
}

pub(super) fn param(params: &Pairs, name: &str) -> Result<String, Refusal> {
    params
        .get(name)
        .cloned()
        .ok_or_else(|| bad_value(format!("网址缺少 {name}"), format!("the address lacks {name}")))
}

fn device(params: &Pairs) -> Result<DeviceId, Refusal> {
    let text = param(params, "key")?;
    text.parse().map(DeviceId).map_err(|_| {
        Refusal::new(
            RefusalCode::UnknownId,
            format!("没有终端 {text}；终端编号为数字，见 sanduan device list"),
            format!("there is no device {text}; they have plain numbers, see sanduan device list"),
        )
    })
}

fn id(params: &Pairs) -> Result<SpokenId, Refusal> {
    let text = param(params, "id")?;
    text.parse().map_err(|_| {
        bad_value(
            format!("编号 {text} 写法不对，应如 3-12"),
            format!("{text} is no number; it looks like 3-12"),
        )
    })
}

fn json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| bad_json(&error))
}

fn bad_json(error: &serde_json::Error) -> Refusal {
    bad_value(
        format!("请求内容不合要求({error});格式见 /v1/openapi.json"),
        format!("the body is not as required ({error}); see /v1/openapi.json"),
    )
}

fn bad_value(zh: String, en: String) -> Refusal {
    Refusal::new(RefusalCode::BadValue, zh, en)
}

fn too_long(max: usize) -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!("内容超过 {max} 字节，请分批提交"),
        format!("longer than {max} bytes; send it in parts"),
    )
}
