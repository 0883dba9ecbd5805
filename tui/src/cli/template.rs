//! `order templates`: the words that an order can be given in by their code.

use sanduan_protocol::local::{Reply, Request};

use super::session::{CommandError, Session};
use crate::lang::Lang;
use crate::paint::table::{Side, Table};

/// `sanduan order templates`.
pub fn list(session: &mut Session) -> Result<(), CommandError> {
    let directory = match session.ask(&Request::Directory)? {
        Some(Reply::Directory(directory)) => directory,
        Some(_) => return Err(session.unexpected()),
        None => return Ok(()),
    };
    let text = session.text();
    if directory.templates.is_empty() {
        return session.line(text.no_templates);
    }
    let mut table =
        Table::new(&[(text.code, Side::Left), (text.blanks, Side::Left), (text.text, Side::Left)]);
    for row in &directory.templates {
        let words = match session.lang {
            Lang::En if !row.en.is_empty() => &row.en,
            Lang::Zh | Lang::En => &row.zh,
        };
        table.row(vec![row.code.clone(), row.fields.join(" "), words.clone()]);
    }
    session.table(&table)
}
