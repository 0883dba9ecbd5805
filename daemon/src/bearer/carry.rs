//! Carried by hand: watches one folder, such as the place where a USB stick is mounted. What lies
//! there is taken in, what this device holds is left there. The files themselves are made and
//! read by the node; here they are only moved.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sanduan_protocol::base::caps::CARRY_BYTES_MAX;
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::local::{Reply, Request};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::{LinkVoice, profile_of};
use crate::api::Api;
use crate::config::BearerConfig;

/// How often the folder is looked at: a person who plugs in a stick waits a few seconds for it.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Files of one folder that are remembered; more are not read.
const FILES_MAX: usize = 1024;
/// Ending of carry files.
const ENDING: &str = "carry";

/// One state of one file.
type Seen = (PathBuf, u64, Option<SystemTime>);

/// What was done in the folder since it was last there.
#[derive(Debug, Default)]
struct Visit {
    taken: BTreeSet<Seen>,
    left: Option<String>,
}

/// The profile of the folder, if one is watched.
pub fn profiles(bearer: &BearerConfig, folder: Option<&Path>) -> Vec<Profile> {
    let profile = |at: &Path| {
        let target = at.display().to_string();
        Profile { medium: Medium::Carry, ..profile_of(bearer, bearer.name.clone(), target) }
    };
    folder.into_iter().map(profile).collect()
}

/// Watch the folder until the task is dropped.
pub async fn run(folder: PathBuf, voice: LinkVoice, api: Arc<Api>) {
    let own = own_name(&api).await;
    let mut visit: Option<Visit> = None;
    let mut is_told = false;
    loop {
        match files(&folder).await {
            Err(error) => {
                if visit.take().is_some() || !is_told {
                    voice.down(&absent(&folder, &error)).await;
                    is_told = true;
                }
            }
            Ok(found) => {
                if visit.is_none() {
                    voice.up().await;
                }
                let visit = visit.get_or_insert_default();
                for seen in found {
                    if !seen.0.ends_with(&own) && visit.taken.insert(seen.clone()) {
                        take_in(&seen, &voice, &api).await;
                    }
                }
                if let Err(error) = leave(&folder.join(&own), visit, &api).await {
                    tracing::warn!(%error, "带报文件未写出 / the carry file could not be left");
                }
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Name of the file that this device leaves: told apart by district and device.
async fn own_name(api: &Api) -> String {
    match api.ask(Request::Status).await {
        Ok(Reply::Status(status)) => format!("{}-{}.{ENDING}", status.district, status.device),
        _ => format!("sanduan.{ENDING}"),
    }
}

fn absent(folder: &Path, error: &Error) -> String {
    let folder = folder.display();
    match error.kind() {
        ErrorKind::NotFound => format!(
            "{folder} 不在：插入 U 盘并挂载到此处 / {folder} is not there: plug in the stick and \
             mount it here"
        ),
        _ => format!("{folder} 无法读取({error}) / {folder} cannot be read: {error}"),
    }
}

/// Carry files in the folder.
async fn files(folder: &Path) -> Result<Vec<Seen>, Error> {
    let mut entries = fs::read_dir(folder).await?;
    let mut found = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != ENDING) || found.len() >= FILES_MAX {
            continue;
        }
        // A file that vanishes meanwhile is no fault of the folder.
        if let Ok(about) = entry.metadata().await {
            found.push((path, about.len(), about.modified().ok()));
        }
    }
    found.sort();
    Ok(found)
}

async fn take_in((path, length, _): &Seen, voice: &LinkVoice, api: &Api) {
    let shown = path.display();
    if *length > CARRY_BYTES_MAX as u64 {
        voice.dropped("carry_too_long").await;
        tracing::warn!(file = %shown, "带报文件过大，未导入 / too long, not taken in");
        return;
    }
    let Ok(bytes) = fs::read(path).await else {
        voice.dropped("carry_unreadable").await;
        tracing::warn!(file = %shown, "带报文件无法读取 / cannot be read");
        return;
    };
    match api.ask(Request::CarryImport { bytes }).await {
        Ok(Reply::CarryTaken { new, known, .. }) => {
            tracing::info!(file = %shown, new, known, "已导入带报文件 / carry file taken in");
        }
        Ok(_) => {}
        Err(refusal) => {
            voice.dropped("carry_refused").await;
            tracing::warn!(file = %shown, %refusal, "带报文件未导入 / carry file refused");
        }
    }
}

/// Leave what this device holds, if it has changed since it was last left.
async fn leave(path: &Path, visit: &mut Visit, api: &Api) -> Result<(), Error> {
    let other = |what: &dyn std::fmt::Display| Error::other(what.to_string());
    let status = api.ask(Request::Status).await.map_err(|refusal| other(&refusal))?;
    let Reply::Status(status) = status else { return Ok(()) };
    if visit.left.as_ref() == Some(&status.digest) {
        return Ok(());
    }
    let file = api.ask(Request::CarryExport { for_device: None }).await;
    let Reply::CarryFile { bytes, records } = file.map_err(|refusal| other(&refusal))? else {
        return Ok(());
    };
    let draft = path.with_extension("part");
    let mut to = fs::File::create(&draft).await?;
    to.write_all(&bytes).await?;
    to.sync_all().await?;
    fs::rename(&draft, path).await?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder).await?.sync_all().await?;
    }
    tracing::info!(file = %path.display(), records, "已写出带报文件 / carry file left");
    visit.left = Some(status.digest);
    Ok(())
}
