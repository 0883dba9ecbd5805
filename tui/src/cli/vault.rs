//! `unlock`, `lock`, `passphrase`, `wipe`: who may give orders at this machine, and its end.

use std::ffi::OsString;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use sanduan_protocol::local::request::{Passphrase, VaultAsk};
use sanduan_protocol::local::rows::{Protection, VaultRow};
use sanduan_protocol::local::{Reply, Request};

use super::secret::Prompt;
use super::session::{CommandError, Session};
use super::sibling;
use crate::feed::FeedError;
use crate::lang::{VaultTexts, fill, vault};

/// How long the daemon may take to open its data after the passphrase was given.
const OPENING_MAX: Duration = Duration::from_secs(60);
const OPENING_LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What to do with the passphrase.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum PassphraseCommand {
    /// 设置或更换口令；此后下令须先输入 / Set or change it; orders need it from then on
    #[command(after_help = "不是终端时从标准输入逐行读取：现用口令(若有)、新口令。 / \
Without a terminal it reads lines from standard input: the old passphrase (if any), the new one.")]
    Set {
        /// 重启后无须有人输入口令(网关、无人值守)；仅下令须口令 / Start without a
        /// person (gateways); only orders need it
        #[arg(long)]
        unattended: bool,
    },
    /// 取消口令 / Do without a passphrase
    Remove,
}

/// How a machine is wiped.
#[derive(Clone, Debug, Args)]
pub struct WipeArgs {
    /// 第一步给出的确认码；没有则只说明将销毁什么 / The code that the first step gave; without it
    /// only what would go is told
    pub code: Option<String>,
    /// 守护进程未运行时本机的目录 / Folder of this machine when its daemon is not running
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// `sanduan unlock`.
pub fn unlock(session: &mut Session) -> Result<(), CommandError> {
    let text = session.lang.vault();
    let before = ask(session, VaultAsk::Show)?;
    let passphrase = match before.protection {
        // The daemon says that there is nothing to unlock, and what to do.
        Protection::KeyFile => Passphrase::default(),
        Protection::PassphraseForOrders | Protection::Passphrase => {
            Prompt::new(session.lang).read(text.ask)?
        }
    };
    let after = ask(session, VaultAsk::Unlock { passphrase })?;
    if !before.opened {
        wait_until_open(session, text)?;
    }
    if session.json {
        return json(session, &after);
    }
    let left = vault::left(&after, session.lang);
    session.line(&fill(text.unlocked, &[&left]))
}

/// The daemon opens its data and its door anew; whoever asks next should find it open.
fn wait_until_open(session: &mut Session, text: &VaultTexts) -> Result<(), CommandError> {
    if !session.json {
        session.line(text.opening)?;
    }
    let until = Instant::now() + OPENING_MAX;
    loop {
        match session.feed.ask(&Request::Status) {
            Ok(_) => return Ok(()),
            Err(_) if Instant::now() < until => thread::sleep(OPENING_LOOK_AGAIN),
            Err(_) => return Err(CommandError::Local(text.slow.to_owned())),
        }
    }
}

/// `sanduan lock`.
pub fn lock(session: &mut Session) -> Result<(), CommandError> {
    let row = ask(session, VaultAsk::Lock)?;
    if session.json { json(session, &row) } else { session.line(session.lang.vault().locked) }
}

/// `sanduan passphrase …`.
pub fn passphrase(session: &mut Session, command: PassphraseCommand) -> Result<(), CommandError> {
    let text = session.lang.vault();
    let before = ask(session, VaultAsk::Show)?;
    let mut prompt = Prompt::new(session.lang);
    let old = match before.protection {
        Protection::KeyFile => Passphrase::default(),
        Protection::PassphraseForOrders | Protection::Passphrase => prompt.read(text.ask_old)?,
    };
    if matches!((command, before.protection), (PassphraseCommand::Remove, Protection::KeyFile)) {
        // Nothing is removed that is not there.
        return if session.json { json(session, &before) } else { session.line(text.none_set) };
    }
    let (wish, said) = match command {
        PassphraseCommand::Set { unattended } => {
            let new = prompt.read(text.ask_new)?;
            if prompt.is_terminal() && prompt.read(text.ask_again)? != new {
                return Err(CommandError::Local(text.differ.to_owned()));
            }
            (VaultAsk::SetPassphrase { old, new, unattended }, text.set)
        }
        PassphraseCommand::Remove => (VaultAsk::RemovePassphrase { old }, text.removed),
    };
    let row = ask(session, wish)?;
    if session.json {
        return json(session, &row);
    }
    session.line(&fill(said, &[&vault::protection(row.protection, session.lang)]))
}

/// `sanduan wipe`.
pub fn wipe(session: &mut Session, wipe: WipeArgs) -> Result<(), CommandError> {
    let text = session.lang.vault();
    let wish = Request::Vault(VaultAsk::Wipe { code: wipe.code.clone() });
    let row = match (session.feed.ask(&wish), wipe.dir) {
        (Ok(Reply::Wipe(row)), _) => row,
        (Ok(_), _) => return Err(session.unexpected()),
        (Err(FeedError::NoDaemon { .. }), Some(dir)) => {
            let mut arguments: Vec<OsString> = vec!["--dir".into(), dir.into()];
            arguments.extend(wipe.code.map(OsString::from));
            return sibling::exec("wipe", &[], &arguments, session.lang);
        }
        (Err(error), _) => return Err(error.into()),
    };
    if session.json {
        return session.line(&serde_json::json!(row).to_string());
    }
    let Some(code) = row.code else { return session.line(text.wiped) };
    session.line(text.wipe_head)?;
    for path in &row.destroyed {
        session.line(&format!("  {path}"))?;
    }
    // Of the other machines nothing is destroyed, but who looks after them is.
    let is_authority = |path: &String| path.ends_with("/authority.key");
    if row.destroyed.iter().any(is_authority) {
        session.line(text.wipe_authority)?;
    }
    session.line(text.wipe_kept)?;
    session.line(&fill(text.wipe_how, &[&code]))
}

fn ask(session: &mut Session, wish: VaultAsk) -> Result<VaultRow, CommandError> {
    match session.feed.ask(&Request::Vault(wish))? {
        Reply::Vault(row) => Ok(row),
        _ => Err(session.unexpected()),
    }
}

fn json(session: &mut Session, row: &VaultRow) -> Result<(), CommandError> {
    session.line(&serde_json::json!(row).to_string())
}
