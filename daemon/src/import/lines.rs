//! What a line of each table says, as a draft of the import. Whether the drafts fit together and
//! fit the directory is the protocol's business.

use sanduan_protocol::field::directory::draft::{
    CardDraft, DepotDraft, DutyDraft, Import, ItemDraft, PersonDraft, PlaceDraft, PlanDraft,
    PostDraft, Sheet, UnitDraft,
};
use sanduan_protocol::field::directory::entry::UnitKind;
use sanduan_protocol::field::directory::template::TemplateDraft;

use super::table::{Mistakes, Row};

const UNIT_KINDS: &str = "centre, forward, town, team, depot, village, agency";

/// The columns that a table must have.
pub fn needed(sheet: Sheet) -> &'static [&'static str] {
    match sheet {
        Sheet::Places => &["code", "name"],
        Sheet::Units => &["code", "name", "kind"],
        Sheet::Teams => &["id", "name"],
        Sheet::Items => &["item", "name", "unit"],
        Sheet::Depots => &["code", "name", "custodian"],
        Sheet::Persons => &["name"],
        Sheet::Templates => &["template", "zh"],
        Sheet::Posts => &["code", "name", "unit", "primary"],
        Sheet::Plans => &["code", "name", "text"],
        Sheet::Cards => &["code", "place", "when", "who", "leader", "to", "care"],
        Sheet::Duties => &["post", "day", "shift", "person"],
    }
}

/// Take in one line.
pub fn take(
    sheet: Sheet,
    row: &Row<'_>,
    district: &str,
    import: &mut Import,
    mistakes: &mut Mistakes,
) {
    match sheet {
        Sheet::Places => import.places.push(place(row, district, mistakes)),
        Sheet::Units => import.units.push(unit(row, district, mistakes)),
        Sheet::Teams => import.units.push(team(row, district, mistakes)),
        Sheet::Items => import.items.push(ItemDraft {
            row: row.line(),
            code: row.text("item"),
            name: row.text("name"),
            unit: row.text("unit"),
            aliases: aliases(row),
        }),
        Sheet::Depots => import.depots.push(DepotDraft {
            row: row.line(),
            code: row.text("code"),
            name: row.text("name"),
            custodian: row.text("custodian"),
            point: row.point(mistakes),
            aliases: aliases(row),
        }),
        Sheet::Persons => {
            let first = import.units.first().map(|unit| unit.code.clone()).unwrap_or_default();
            let unit = or(row.text("unit"), &first);
            import.persons.push(PersonDraft { row: row.line(), name: row.text("name"), unit });
        }
        Sheet::Templates => import.templates.push(TemplateDraft {
            row: row.line(),
            code: row.text("template"),
            zh: row.text("zh"),
            en: row.text("en"),
            fields: row.text("fields"),
        }),
        Sheet::Posts => import.posts.push(PostDraft {
            row: row.line(),
            code: row.text("code"),
            name: row.text("name"),
            unit: row.text("unit"),
            primary: row.text("primary"),
            stand_in: row.text("stand_in"),
        }),
        Sheet::Plans => import.plans.push(PlanDraft {
            row: row.line(),
            code: row.text("code"),
            name: row.text("name"),
            text: row.text("text"),
        }),
        Sheet::Cards => import.cards.push(card(row, mistakes)),
        Sheet::Duties => import.duties.push(DutyDraft {
            row: row.line(),
            post: row.text("post"),
            day: row.text("day"),
            shift: row.text("shift"),
            person: row.text("person"),
        }),
    }
}

fn place(row: &Row<'_>, district: &str, mistakes: &mut Mistakes) -> PlaceDraft {
    let code = row.text("code");
    // The district itself is part of nothing here.
    let parent = if code == district { "" } else { district };
    PlaceDraft {
        row: row.line(),
        name: row.text("name"),
        point: row.point(mistakes),
        parent: or(row.text("parent"), parent),
        aliases: aliases(row),
        code,
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
    UnitDraft {
        sheet: Sheet::Units,
        row: row.line(),
        code: row.text("code"),
        name: row.text("name"),
        kind: kind.unwrap_or_default(),
        place: or(row.text("place"), district),
        people: row.count("people", mistakes),
        aliases: aliases(row),
    }
}

fn team(row: &Row<'_>, district: &str, mistakes: &mut Mistakes) -> UnitDraft {
    UnitDraft {
        sheet: Sheet::Teams,
        row: row.line(),
        code: row.text("id"),
        name: row.text("name"),
        kind: UnitKind::Team,
        place: district.to_owned(),
        people: row.count("people", mistakes),
        aliases: aliases(row),
    }
}

fn card(row: &Row<'_>, mistakes: &mut Mistakes) -> CardDraft {
    CardDraft {
        row: row.line(),
        code: row.text("code"),
        place: row.text("place"),
        people: row.count("people", mistakes),
        when: row.text("when"),
        who: row.text("who"),
        leader: row.text("leader"),
        to: row.text("to"),
        care: row.text("care"),
    }
}

/// Other codes; a table without the column says nothing of them.
fn aliases(row: &Row<'_>) -> Option<String> {
    row.has("aliases").then(|| row.text("aliases"))
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text }
}
