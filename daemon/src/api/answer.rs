//! What the machine answered becomes an HTTP response.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use sanduan_protocol::local::{Refusal, RefusalCode, Reply};
use serde::Serialize;
use serde_json::Value;

use super::routes::Call;

/// Header with the number of records in a carry file.
pub const RECORDS_HEADER: &str = "x-sanduan-records";

/// The response to an ordinary call that was not refused.
///
/// # Errors
/// The reply cannot be written as JSON.
pub fn reply_response(call: Call, reply: Reply) -> Result<Response, Refusal> {
    if let Reply::CarryFile { bytes, records } = reply {
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(RECORDS_HEADER, HeaderValue::from(records));
        return Ok(response);
    }
    let mut value = serde_json::to_value(&reply).map_err(|error| {
        Refusal::new(
            RefusalCode::BadValue,
            format!("应答无法写成 JSON({error})"),
            format!("the answer cannot be written as JSON ({error})"),
        )
    })?;
    if let Value::Object(fields) = &mut value {
        fields.remove("reply");
        if call == Call::Devices {
            fields.retain(|name, _| name == "devices");
        }
    }
    Ok(json_response(&value))
}

/// A JSON response.
pub fn json_response(value: &impl Serialize) -> Response {
    // Only maps with keys that are no text cannot be written, and no row has one.
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut response = Response::new(Body::from(text + "\n"));
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// The response to whatever was refused.
pub fn refusal_response(refusal: &Refusal) -> Response {
    let mut response = json_response(refusal);
    *response.status_mut() = status(refusal.code);
    response
}

fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::BadValue | RefusalCode::BadFile => StatusCode::BAD_REQUEST,
        RefusalCode::NotAllowed => StatusCode::FORBIDDEN,
        RefusalCode::UnknownName | RefusalCode::UnknownId => StatusCode::NOT_FOUND,
        RefusalCode::AmbiguousName | RefusalCode::AlreadyOver | RefusalCode::NotJoined => {
            StatusCode::CONFLICT
        }
        RefusalCode::Locked => StatusCode::LOCKED,
        RefusalCode::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalCode::NotSaved | RefusalCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
    }
}
