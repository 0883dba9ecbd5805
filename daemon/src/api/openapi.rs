//! `/v1/openapi.json`, made from the table of routes. Bodies are described by an example, which
//! the tests send to the handlers, so that the description cannot drift.

use serde_json::{Map, Value, json};

use super::routes::{Call, Method, ROUTES, Route};

/// The description, OpenAPI 3.1.
pub fn describe() -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let method = match route.method {
            Method::Get => "get",
            Method::Post => "post",
        };
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[method] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "sanduan 三断 control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "HTTP/1 on a Unix socket. Numbers of orders and waybills look like \
                3-12. Quantities are texts with at most three decimals. Times are milliseconds \
                since 1970 and end in _ms. 物资数量为最多三位小数的文字；时间为 1970 年以来的毫秒。",
        },
        "paths": paths,
        "components": { "schemas": { "Refusal": refusal_schema() } },
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": format!("{:?}", route.call),
        "summary": format!("{} / {}", route.zh, route.en),
        "responses": {
            "200": { "description": "OK", "content": { media(route.call): {} } },
            "default": {
                "description": "refused",
                "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Refusal" } } },
            },
        },
    });
    let mut parameters = Vec::new();
    for name in path_names(route.path) {
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string" },
        }));
    }
    for (name, kind) in route.query {
        parameters.push(json!({ "name": name, "in": "query", "schema": { "type": kind } }));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if let Ok(example) = serde_json::from_str::<Value>(route.body) {
        operation["requestBody"] =
            json!({ "content": { "application/json": { "example": example } } });
    } else if route.method == Method::Post && route.call != Call::FetchFile {
        operation["requestBody"] = json!({ "content": { "application/octet-stream": {} } });
    }
    operation
}

fn media(call: Call) -> &'static str {
    match call {
        Call::Events => "text/event-stream",
        Call::Metrics => "text/plain",
        Call::CarryExport | Call::ExportDirectory | Call::OpenFile => "application/octet-stream",
        _ => "application/json",
    }
}

/// Names in braces.
pub fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn refusal_schema() -> Value {
    json!({
        "type": "object",
        "required": ["code", "zh", "en"],
        "properties": {
            "code": { "type": "string", "enum": [
                "bad_value", "unknown_name", "ambiguous_name", "unknown_id", "not_allowed",
                "already_over", "too_long", "not_saved", "busy", "bad_file", "not_joined",
            ] },
            "zh": { "type": "string" },
            "en": { "type": "string" },
        },
    })
}
