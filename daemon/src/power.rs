//! Looks at the battery once a minute and tells the machine. What is worth telling others is
//! decided there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sanduan_protocol::node::Input;
use tokio::sync::mpsc;

use crate::store::upkeep::Upkeep;

/// How often the battery is looked at.
const EVERY: Duration = Duration::from_secs(60);
/// Where Linux shows what powers the machine (kernel, Documentation/ABI/testing/sysfs-class-power).
const SUPPLIES: &str = "/sys/class/power_supply";

/// Below this percent nothing is done that can wait (research, reliability-security 5).
const SAVER_PCT: u8 = 40;

/// Where the battery is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatteryConfig {
    /// From the system, if it shows one.
    Auto,
    /// Nowhere.
    None,
    /// From a file that holds the percent as a number.
    File(PathBuf),
}

/// Tell the machine now and every minute until the daemon goes down.
pub async fn run(battery: BatteryConfig, inputs: mpsc::Sender<Input>, upkeep: Arc<Upkeep>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let battery_pct = read(&battery);
        let is_charged = battery == BatteryConfig::Auto && is_charged(Path::new(SUPPLIES));
        upkeep.note_power(battery_pct.is_some_and(|percent| percent < SAVER_PCT));
        if inputs.send(Input::Power { battery_pct, is_charged }).await.is_err() {
            return;
        }
    }
}

/// The battery now, in percent.
fn read(battery: &BatteryConfig) -> Option<u8> {
    match battery {
        BatteryConfig::Auto => supplies(Path::new(SUPPLIES)),
        BatteryConfig::None => None,
        BatteryConfig::File(path) => percent(path),
    }
}

/// True if any battery of this machine charges, or is full.
fn is_charged(folder: &Path) -> bool {
    let words = ["Charging", "Full", "Not charging"];
    own_batteries(folder).any(|supply| words.iter().any(|word| says(&supply, "status", word)))
}

/// A file of a supply holds this word.
fn says(supply: &Path, name: &str, word: &str) -> bool {
    std::fs::read_to_string(supply.join(name)).is_ok_and(|text| text.trim() == word)
}

/// The batteries that power this machine; those of a mouse are not.
fn own_batteries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    found
        .map(|entry| entry.path())
        .filter(|supply| says(supply, "type", "Battery") && !says(supply, "scope", "Device"))
}

/// The mean of the batteries that power this machine.
fn supplies(folder: &Path) -> Option<u8> {
    let (sum, count) = own_batteries(folder)
        .filter_map(|supply| percent(&supply.join("capacity")))
        .fold((0, 0), |(sum, count), one| (sum + u32::from(one), count + 1));
    u8::try_from(sum.checked_div(count)?).ok()
}

fn percent(path: &Path) -> Option<u8> {
    let text = std::fs::read_to_string(path).ok()?;
    text.trim().parse().ok().filter(|percent| *percent <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supply(folder: &Path, name: &str, kind: &str, scope: Option<&str>, capacity: &str) {
        let supply = folder.join(name);
        std::fs::create_dir(&supply).expect("a folder");
        std::fs::write(supply.join("type"), format!("{kind}\n")).expect("written");
        std::fs::write(supply.join("capacity"), format!("{capacity}\n")).expect("written");
        if let Some(scope) = scope {
            std::fs::write(supply.join("scope"), format!("{scope}\n")).expect("written");
        }
    }

    #[test]
    fn batteries_of_the_machine_count_and_those_of_a_mouse_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(supplies(folder.path()), None, "a machine without a battery");
        supply(folder.path(), "AC", "Mains", None, "1");
        supply(folder.path(), "hidpp_0", "Battery", Some("Device"), "3");
        assert_eq!(supplies(folder.path()), None);
        supply(folder.path(), "BAT0", "Battery", Some("System"), "80");
        supply(folder.path(), "BAT1", "Battery", None, "20");
        assert_eq!(supplies(folder.path()), Some(50));
        supply(folder.path(), "BAT2", "Battery", None, "-7");
        assert_eq!(supplies(folder.path()), Some(50), "one that cannot be read is left out");
        assert_eq!(supplies(&folder.path().join("nowhere")), None);
    }

    #[test]
    fn a_machine_is_charged_while_one_of_its_batteries_is() {
        let folder = tempfile::tempdir().expect("a folder");
        supply(folder.path(), "hidpp_0", "Battery", Some("Device"), "3");
        supply(folder.path(), "BAT0", "Battery", None, "20");
        let status = |name: &str, word: &str| {
            std::fs::write(folder.path().join(name).join("status"), word).expect("written");
        };
        assert!(!is_charged(folder.path()), "nothing is told");
        status("hidpp_0", "Charging\n");
        assert!(!is_charged(folder.path()), "that is the mouse");
        for (word, charged) in
            [("Discharging\n", false), ("Charging\n", true), ("Full", true), ("Unknown", false)]
        {
            status("BAT0", word);
            assert_eq!(is_charged(folder.path()), charged, "{word}");
        }
    }

    #[test]
    fn a_file_may_hold_the_percent() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("percent");
        for (text, expected) in
            [("64\n", Some(64)), (" 0 ", Some(0)), ("101", None), ("full", None), ("", None)]
        {
            std::fs::write(&path, text).expect("written");
            assert_eq!(read(&BatteryConfig::File(path.clone())), expected, "{text}");
        }
        assert_eq!(read(&BatteryConfig::None), None);
    }
}
