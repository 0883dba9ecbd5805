//! `village list|texts|hear`: handsets of a village gateway and their texts.

use clap::Subcommand;
use sanduan_protocol::local::request::TextMeans;
use sanduan_protocol::local::rows::VillageRows;
use sanduan_protocol::local::{Reply, Request};

use super::choice::{self, words};
use super::session::{CommandError, Session};
use crate::lang::half;
use crate::lang::words::Word;
use crate::paint::table::{Side, Table};

/// What to do with handsets.
#[derive(Debug, Subcommand)]
pub enum VillageCommand {
    /// 手持机名单 / Handsets
    List,
    /// 往来短信 / Texts both ways
    Texts,
    /// 按手持机来信处理：培训，或电话里念来的 / Take a text as if a handset had sent it
    #[command(after_help = "例 Example: sanduan village hear 13800000001 '3 38 121'")]
    Hear {
        /// 手持机号码 / Number of the handset
        number: String,
        /// 内容 / What it says
        text: String,
        /// 手段 / By what means
        #[arg(long, value_parser = words(choice::TEXT_MEANS))]
        means: Option<TextMeans>,
    },
}

/// `sanduan village …`.
pub fn village(session: &mut Session, command: VillageCommand) -> Result<(), CommandError> {
    match command {
        VillageCommand::List => {
            let rows = ask(session, &Request::Village)?;
            rows.map_or(Ok(()), |rows| handsets(session, &rows))
        }
        VillageCommand::Texts => {
            let rows = ask(session, &Request::Village)?;
            rows.map_or(Ok(()), |rows| texts(session, &rows))
        }
        VillageCommand::Hear { number, text, means } => {
            let rows = ask(session, &Request::VillageHear { means, number, text })?;
            rows.map_or(Ok(()), |rows| texts(session, &rows))
        }
    }
}

fn ask(session: &mut Session, request: &Request) -> Result<Option<VillageRows>, CommandError> {
    match session.ask(request)? {
        Some(Reply::Village(rows)) => Ok(Some(*rows)),
        Some(_) => Err(session.unexpected()),
        None => Ok(None),
    }
}

fn handsets(session: &mut Session, rows: &VillageRows) -> Result<(), CommandError> {
    let text = session.text();
    let mut table = Table::new(&[
        (text.unit, Side::Left),
        (text.turn, Side::Left),
        (text.person, Side::Left),
        (text.handset_number, Side::Left),
        (text.by_means, Side::Left),
        (text.gateway_place, Side::Right),
        (text.last_heard, Side::Right),
        (text.to_confirm, Side::Left),
    ]);
    for row in &rows.handsets {
        table.row(vec![
            row.unit.clone(),
            row.role.clone(),
            row.person.clone(),
            row.number.clone(),
            row.means.word(session.lang).to_owned(),
            row.place.map_or_else(|| text.listens_only.to_owned(), |place| place.to_string()),
            session.age_or_never(row.last_heard_ms),
            row.pending.clone().unwrap_or_default(),
        ]);
    }
    session.table(&table)
}

fn texts(session: &mut Session, rows: &VillageRows) -> Result<(), CommandError> {
    let text = session.text();
    let mut table = Table::new(&[
        (text.texted_at, Side::Left),
        (text.handset_number, Side::Left),
        (text.person, Side::Left),
        (text.state, Side::Left),
        (text.text, Side::Left),
        (text.note, Side::Left),
    ]);
    for row in &rows.texts {
        table.row(vec![
            session.clock(row.at_ms),
            row.number.clone(),
            row.person.clone(),
            row.fate.word(session.lang).to_owned(),
            row.text.clone(),
            half(&row.note, session.lang).to_owned(),
        ]);
    }
    session.table(&table)
}
