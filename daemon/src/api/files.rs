//! Attachments over HTTP: a file in, a file out, the list with what is here, and the wish to
//! fetch one. What is said of a file goes through the machine as a record; the bytes do not.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawPathParams, Request as Http};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::StreamExt;
use sanduan_protocol::base::caps::FILE_BYTES_MAX;
use sanduan_protocol::base::room::Level;
use sanduan_protocol::local::request::FileDraft;
use sanduan_protocol::local::rows::FileRow;
use sanduan_protocol::local::{Refusal, RefusalCode, Reply, Request, halves};

use super::Api;
use super::answer::reply_response;
use super::ask::{named, param, read_query};
use super::routes::Call;
use crate::files::Files;
use crate::files::cabinet::{PutError, Upload};
use crate::home::file::{from_hex, to_hex};

/// Fewer digits of a hash could mean two files.
const HASH_DIGITS_MIN: usize = 8;

/// Serve one of the routes of files.
///
/// # Errors
/// What is wrong, in both languages.
pub async fn serve(
    api: &Api,
    call: Call,
    params: &RawPathParams,
    http: Http,
) -> Result<Response, Refusal> {
    let files = api.files().ok_or_else(|| {
        let en = "this daemon keeps no files";
        Refusal::new(RefusalCode::NotAllowed, "本守护进程不存附件", en)
    })?;
    match call {
        Call::SendFile => take_in(api, files, http).await,
        Call::OpenFile => give_out(api, files, &param(&named(params), "file")?).await,
        Call::FetchFile => {
            let row = find(api, files, &param(&named(params), "file")?).await?;
            let hash = from_hex(&row.hash).ok_or_else(unknown)?;
            if !files.cabinet().held(&hash).1 {
                has_room(api).await?;
            }
            if !files.cabinet().held(&hash).1 && !files.want(hash) {
                return Err(busy());
            }
            let row = files.complete(row);
            reply_response(call, Reply::File(Box::new(row)))
        }
        // The table sends only files here; the list answers for all others.
        _ => {
            let rows = rows(api).await?.into_iter().map(|row| files.complete(row)).collect();
            reply_response(call, Reply::Files { files: rows })
        }
    }
}

async fn rows(api: &Api) -> Result<Vec<FileRow>, Refusal> {
    match api.ask(Request::Files).await? {
        Reply::Files { files } => Ok(files),
        _ => Err(unknown()),
    }
}

/// The file that people mean: by its hash, the beginning of it, or the number of its record.
async fn find(api: &Api, files: &Files, meant: &str) -> Result<FileRow, Refusal> {
    let meant = meant.trim().to_ascii_lowercase();
    let is_hash = meant.len() >= HASH_DIGITS_MIN;
    let is_it =
        |row: &FileRow| row.id.to_string() == meant || (is_hash && row.hash.starts_with(&meant));
    let row = rows(api).await?.into_iter().find(is_it).ok_or_else(unknown)?;
    Ok(files.complete(row))
}

async fn take_in(api: &Api, files: &Arc<Files>, http: Http) -> Result<Response, Refusal> {
    has_room(api).await?;
    let mut query = read_query(Call::SendFile, http.uri())?;
    let mut upload = files.cabinet().upload().map_err(|error| not_put(&error))?;
    let mut body = http.into_body().into_data_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| {
            let zh = format!("上传中断（{error}），请重试");
            Refusal::new(RefusalCode::BadValue, zh, format!("the upload broke ({error}); again"))
        })?;
        let bytes = files.cabinet().put(&mut upload, &piece).map_err(|error| not_put(&error))?;
        if bytes > FILE_BYTES_MAX {
            return Err(too_long());
        }
    }
    let draft = keep(files, upload, &mut query).await?;
    let reply = api.ask(Request::SendFile { draft, bytes: Vec::new() }).await?;
    reply_response(Call::SendFile, reply)
}

/// Nothing large is put on a disk that has little room.
async fn has_room(api: &Api) -> Result<(), Refusal> {
    let Reply::Status(status) = api.ask(Request::Status).await? else { return Ok(()) };
    let room = &status.room;
    if room.level < Level::NoBulk {
        return Ok(());
    }
    let ((zh, en), pct) = (halves(&room.advice), room.pct);
    Err(Refusal::new(
        RefusalCode::NotSaved,
        format!("存储已用 {pct}%，暂不收取附件；腾出空间后再试。{zh}"),
        format!("Storage is {pct} % full and takes no attachments; again once there is room. {en}"),
    ))
}

/// The file is on the disk before a record says that it exists.
async fn keep(
    files: &Arc<Files>,
    upload: Upload,
    query: &mut BTreeMap<String, String>,
) -> Result<FileDraft, Refusal> {
    let cabinet = files.clone();
    let closed = tokio::task::spawn_blocking(move || cabinet.cabinet().close(&upload)).await;
    let (hash, bytes) = closed.map_err(|_| busy())?.map_err(|error| not_put(&error))?;
    let mut text = |name: &str| query.remove(name).unwrap_or_default();
    let about = text("order");
    let about = match about.is_empty() {
        true => None,
        false => Some(about.parse().map_err(|_| {
            let zh = format!("编号 {about} 写法不对，应如 3-12");
            let en = format!("{about} is no number; it looks like 3-12");
            Refusal::new(RefusalCode::BadValue, zh, en)
        })?),
    };
    let mime = Some(text("mime")).filter(|mime| !mime.is_empty());
    Ok(FileDraft {
        hash: to_hex(&hash),
        bytes,
        name: text("name"),
        mime: mime.unwrap_or_else(|| "application/octet-stream".to_owned()),
        about,
        note: text("note"),
        person: Some(text("person")).filter(|person| !person.is_empty()),
    })
}

async fn give_out(api: &Api, files: &Arc<Files>, meant: &str) -> Result<Response, Refusal> {
    let row = find(api, files, meant).await?;
    let hash = from_hex(&row.hash).ok_or_else(unknown)?;
    let Some((file, _)) = files.cabinet().read(&hash, 0) else {
        let held = row.held_bytes;
        return Err(Refusal::new(
            RefusalCode::UnknownId,
            format!("附件尚未取到本机（{held}/{} 字节）：先 sanduan file fetch", row.bytes),
            format!("not here yet ({held} of {} bytes): sanduan file fetch first", row.bytes),
        ));
    };
    let mut file = tokio::fs::File::from_std(file);
    let mut bytes = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut file, &mut bytes)
        .await
        .map_err(|error| not_put(&PutError::Disk(error)))?;
    let mut response = Response::new(Body::from(bytes));
    let octets = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, octets);
    Ok(response)
}

fn unknown() -> Refusal {
    Refusal::new(
        RefusalCode::UnknownId,
        "没有这个附件：用 sanduan file list 查看；摘要至少写 8 位",
        "no such attachment: see sanduan file list; give at least 8 digits of a hash",
    )
}

fn busy() -> Refusal {
    Refusal::new(RefusalCode::Busy, "待取附件过多，请稍后再试", "too many files are wanted; later")
}

fn too_long() -> Refusal {
    let max = FILE_BYTES_MAX / 1024 / 1024;
    Refusal::new(
        RefusalCode::TooLong,
        format!("附件超过 {max} MB：请压缩或拆分"),
        format!("larger than {max} MB: compress or split it"),
    )
}

fn not_put(error: &PutError) -> Refusal {
    let sentence = error.to_string();
    let (zh, en) = halves(&sentence);
    Refusal::new(RefusalCode::NotSaved, zh, en)
}
