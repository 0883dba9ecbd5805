//! The table `[village]`: this machine speaks for handsets. Whose they are stands in a list of its
//! own, which is read when the daemon starts (`crate::village`).

use std::path::{Path, PathBuf};

use sanduan_protocol::field::village::steps::{StepTable, Steps};
use toml::de::{DeTable, DeValue};

use super::Findings;
use super::read::Section;

/// The second gateway of a handset waits so long for an answer: the whole ladder of an immediate
/// order.
const TAKEOVER_S: u32 = 600;
/// Numbers that nobody confirmed for so long are void.
const CONFIRM_S: u32 = 1_800;

/// How the gateway works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageConfig {
    /// List of handsets, CSV.
    pub handsets: PathBuf,
    /// To whom reports of handsets go, as in an order.
    pub report_to: String,
    /// The next gateway in a handset's list writes when nobody answered for so long, seconds.
    pub takeover_s: u32,
    /// What is not confirmed for so long is void, seconds.
    pub confirm_s: u32,
    /// Who is texted when.
    pub steps: StepTable,
}

/// Read the table, if there is one.
pub fn read(root: &DeTable<'_>, folder: &Path, findings: &mut Findings) -> Option<VillageConfig> {
    let value = root.get("village")?;
    let DeValue::Table(table) = value.as_ref() else {
        let at = Some(value.span().start);
        findings.push(at, "village 须写成 [village]", "write village as [village]");
        return None;
    };
    let mut section = Section::new("[village]", value.span().start, table, findings);
    let handsets = section.needed_text("handsets");
    let report_to = section.needed_text("report_to");
    let takeover_s = section.number("takeover_s", 1..=86_400, TAKEOVER_S);
    let confirm_s = section.number("confirm_s", 1..=86_400, CONFIRM_S);
    let mut steps = StepTable::default();
    for (at, key) in ["flash", "immediate", "priority", "routine"].into_iter().enumerate() {
        if section.has(key)
            && let Some(written) = section.needed_like::<Ladder>(key, "\"A0 B300 A600\"")
        {
            steps.0[at] = written.0;
        }
    }
    section.finish();
    let handsets = folder.join(handsets?);
    Some(VillageConfig { handsets, report_to: report_to?, takeover_s, confirm_s, steps })
}

struct Ladder(Steps);

impl std::str::FromStr for Ladder {
    type Err = ();

    fn from_str(text: &str) -> Result<Ladder, ()> {
        text.parse().map(Ladder).map_err(|_| ())
    }
}
