//! Tables of a district as CSV files, read into one import. Every mistake is named with file,
//! line, column and remedy; one mistake and nothing is imported.
//!
//! ```text
//! towns.csv    code,name,lon,lat            → places, all in the district
//! units.csv    code,name,kind,place,people  → units; kind: centre forward town team depot …
//! teams.csv    id,name,people               → units of kind team
//! items.csv    item,name,unit               → items
//! depots.csv   code,name,custodian,lon,lat  → depots
//! persons.csv  name,unit                    → persons; without unit: of the first unit
//! templates.csv template,zh,en,fields       → order templates; fields: names of the blanks with
//!                                             `:number`, `:place` or `:unit`, else text
//! ```
//!
//! Every file may be absent; further columns are passed over.

pub mod table;

use std::path::Path;

use sanduan_protocol::field::directory::draft::{
    DepotDraft, Import, ImportError, ItemDraft, PersonDraft, PlaceDraft, Problem, Sheet, UnitDraft,
};
use sanduan_protocol::field::directory::entry::UnitKind;
use sanduan_protocol::field::directory::template::TemplateDraft;

use crate::said::Said;
use table::{Mistakes, Row, Table};

/// Rows of `teams.csv` are numbered from here, so that a mistake in the list of units is named
/// with the right file.
const TEAMS_FROM: u32 = 1_000_000;
const UNIT_KINDS: &str = "centre, forward, town, team, depot, village, agency";

/// Read the tables in `folder`. Places belong to the district of this code, and so do units whose
/// table names no place.
///
/// # Errors
/// Every mistake of every file, up to a limit.
pub fn read(folder: &Path, district: &str) -> Result<Import, Said> {
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Said::new(
            format!("没有目录 {folder}:请检查 --import 的路径"),
            format!("there is no folder {folder}: check the path of --import"),
        ));
    }
    let mut mistakes = Mistakes::default();
    let mut import = Import::default();
    let each = |name: &str, needed: &[&str], mistakes: &mut Mistakes, take: &mut Take<'_>| {
        if let Some(table) = Table::read(&folder.join(name), needed, mistakes) {
            for row in table.rows() {
                take(&row, mistakes);
            }
        }
    };
    each("towns.csv", &["code", "name"], &mut mistakes, &mut |row, mistakes| {
        import.places.push(place(row, district, mistakes));
    });
    each("units.csv", &["code", "name", "kind"], &mut mistakes, &mut |row, mistakes| {
        import.units.push(unit(row, district, mistakes));
    });
    each("teams.csv", &["id", "name"], &mut mistakes, &mut |row, mistakes| {
        import.units.push(team(row, district, mistakes));
    });
    each("items.csv", &["item", "name", "unit"], &mut mistakes, &mut |row, _| {
        import.items.push(ItemDraft {
            row: row.line(),
            code: row.text("item"),
            name: row.text("name"),
            unit: row.text("unit"),
        });
    });
    each("depots.csv", &["code", "name", "custodian"], &mut mistakes, &mut |row, mistakes| {
        import.depots.push(DepotDraft {
            row: row.line(),
            code: row.text("code"),
            name: row.text("name"),
            custodian: row.text("custodian"),
            point: row.point(mistakes),
        });
    });
    let first_unit = import.units.first().map(|unit| unit.code.clone()).unwrap_or_default();
    each("persons.csv", &["name"], &mut mistakes, &mut |row, _| {
        let unit = match row.text("unit") {
            unit if unit.is_empty() => first_unit.clone(),
            unit => unit,
        };
        import.persons.push(PersonDraft { row: row.line(), name: row.text("name"), unit });
    });
    each("templates.csv", &["template", "zh"], &mut mistakes, &mut |row, _| {
        import.templates.push(TemplateDraft {
            row: row.line(),
            code: row.text("template"),
            zh: row.text("zh"),
            en: row.text("en"),
            fields: row.text("fields"),
        });
    });
    mistakes.into_result().map(|()| import)
}

type Take<'a> = dyn FnMut(&Row<'_>, &mut Mistakes) + 'a;

fn place(row: &Row<'_>, district: &str, mistakes: &mut Mistakes) -> PlaceDraft {
    PlaceDraft {
        row: row.line(),
        code: row.text("code"),
        name: row.text("name"),
        point: row.point(mistakes),
        parent: district.to_owned(),
    }
}

fn unit(row: &Row<'_>, district: &str, mistakes: &mut Mistakes) -> UnitDraft {
    let kind = UnitKind::from_word(&row.text("kind"));
    if kind.is_none() {
        mistakes.add(
            row,
            "kind",
            &format!("须为以下之一：{UNIT_KINDS}"),
            &format!("must be one of {UNIT_KINDS}"),
        );
    }
    let place = match row.text("place") {
        place if place.is_empty() => district.to_owned(),
        place => place,
    };
    UnitDraft {
        row: row.line(),
        code: row.text("code"),
        name: row.text("name"),
        kind: kind.unwrap_or_default(),
        place,
        people: row.count("people", mistakes),
    }
}

fn team(row: &Row<'_>, district: &str, mistakes: &mut Mistakes) -> UnitDraft {
    UnitDraft {
        row: TEAMS_FROM + row.line(),
        code: row.text("id"),
        name: row.text("name"),
        kind: UnitKind::Team,
        place: district.to_owned(),
        people: row.count("people", mistakes),
    }
}

/// What the lists as a whole refuse, with the files that their rows came from.
pub fn said(folder: &Path, errors: &[ImportError]) -> Said {
    let mut lines_zh = vec!["未导入任何内容:".to_owned()];
    let mut lines_en = vec!["Nothing was imported:".to_owned()];
    for error in errors {
        let mut error = error.clone();
        let name = match error.sheet {
            Sheet::Places => "towns.csv",
            Sheet::Units if error.row > TEAMS_FROM => "teams.csv",
            Sheet::Units => "units.csv",
            Sheet::Items => "items.csv",
            Sheet::Depots => "depots.csv",
            Sheet::Persons => "persons.csv",
            Sheet::Templates => "templates.csv",
        };
        error.row %= TEAMS_FROM;
        if let Problem::Twice { first } = &mut error.problem {
            *first %= TEAMS_FROM;
        }
        let path = folder.join(name);
        lines_zh.push(format!("{}:{}: {}", path.display(), error.row, error.zh()));
        lines_en.push(format!("{}:{}: {}", path.display(), error.row, error.en()));
    }
    Said::new(lines_zh.join("\n"), lines_en.join("\n"))
}

#[cfg(test)]
mod tests;
