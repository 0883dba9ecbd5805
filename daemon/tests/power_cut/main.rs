//! Power cuts, without a switch: every write, sync, rename and confirmation of the real store is
//! recorded while it works; then, for many moments of that story, the files are rebuilt as a
//! medium may hold them after a cut at that moment, and the real store must open them with
//! everything in it that was confirmed, and with nothing half done.

mod calls;
mod medium;
mod rot;
mod trace;
mod work;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use calls::Process;
use medium::{Kept, Medium};
use sanduan_daemon::store::engine::Engine;
use sanduan_protocol::base::dice::Dice;
use tempfile::TempDir;
use trace::Call;

/// Images of each of the two stories of an engine.
const IMAGES: usize = 300;
/// What the first story writes, and up to where the second goes on.
const BATCHES: u64 = 160;
/// Where the child works: folder, engine, first and last batch, seed, list of confirmed batches.
const CHILD: &str = "SANDUAN_POWER_CUT_CHILD";

/// One image, and what it must hold.
struct Image {
    folder: TempDir,
    confirmed: u64,
    name: String,
}

#[test]
fn the_writer_of_the_story_holds_every_batch_when_nothing_goes_wrong() {
    // The traced child is this test with other folders.
    let own = tempfile::tempdir().expect("a folder");
    let words = std::env::var(CHILD).unwrap_or_else(|_| {
        let (data, confirmed) = (own.path().join("d"), own.path().join("c"));
        format!("{} sled 1 40 5 {}", data.display(), confirmed.display())
    });
    let words: Vec<&str> = words.split(' ').collect();
    let [folder, engine, first, last, seed, confirmed] = words[..] else { panic!("six words") };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let (folder, last) = (Path::new(folder), number(last));
    let engine = Engine::named(engine).expect("an engine");
    work::run(folder, engine, (number(first), last), number(seed), Path::new(confirmed));
    assert_eq!(work::judge(folder, engine, last, 1), Ok(last));
}

#[test]
fn no_power_cut_loses_or_splits_a_confirmed_batch_beside_sled() {
    two_stories(Engine::Sled, 20_261_121);
}

#[test]
fn no_power_cut_loses_or_splits_a_confirmed_batch_beside_redb() {
    two_stories(Engine::Redb, 20_261_122);
}

fn two_stories(engine: Engine, seed: u64) {
    if let Err(why) = trace::possible() {
        skip(engine, &why);
        return;
    }
    let first = tempfile::tempdir().expect("a folder");
    let left = story(first.path(), engine, None, seed);
    // The second story begins on what a cut left of the first, so that mending is cut as well.
    let second = tempfile::tempdir().expect("a folder");
    story(second.path(), engine, Some(&left), seed + 1_000);
}

/// Record one story and judge its images. Returns one of them, untouched.
fn story(home: &Path, engine: Engine, begin: Option<&Image>, seed: u64) -> Image {
    let (root, confirmed) = (home.join("data"), home.join("confirmed"));
    let mut held = 0;
    if let Some(begin) = begin {
        copy(begin.folder.path(), &root);
        let look = tempfile::tempdir().expect("a folder");
        copy(begin.folder.path(), look.path());
        held = work::judge(look.path(), engine, begin.confirmed, 9).expect("judged before");
    }
    let mut medium = Medium::default();
    if begin.is_some() {
        medium = Medium::of_folder(&root).expect("readable");
    }
    let mut child = Command::new(std::env::current_exe().expect("this program has a path"));
    child.args(["--exact", "the_writer_of_the_story_holds_every_batch_when_nothing_goes_wrong"]);
    let (first, last) = (held + 1, held + BATCHES);
    let name = engine.name();
    let words = format!("{} {name} {first} {last} {seed} {}", root.display(), confirmed.display());
    child.env(CHILD, words);
    let calls = trace::record(&mut child, &home.join("trace")).expect("recorded");
    let renamed = calls.iter().filter(|call| call.name.starts_with("rename")).count();
    assert!(renamed >= 2, "the story takes snapshots of the journal: {renamed} renamed");
    let mut process = Process::new(&root, &confirmed, begin.map_or(0, |begin| begin.confirmed));
    let (images, spare) = images(&calls, &mut medium, &mut process, &root, seed);
    assert_eq!(process.confirmed, last, "the whole story was read");
    let tried = images.len();
    let failures = judge_all(engine, images);
    assert!(failures.is_empty(), "{} of {tried} images: {failures:#?}", failures.len());
    spare
}

/// Rebuild what cuts at random moments leave.
fn images(
    calls: &[Call],
    medium: &mut Medium,
    process: &mut Process,
    root: &Path,
    seed: u64,
) -> (Vec<Image>, Image) {
    let mut dice = Dice::new(seed);
    // Most is at stake just before a sync ends, so half of the cuts are there.
    let syncs: Vec<usize> =
        (0..calls.len()).filter(|at| calls[*at].name.ends_with("sync")).collect();
    let mut cuts: Vec<usize> = (0..=IMAGES)
        .map(|cut| match cut % 2 {
            0 => dice.below(calls.len() as u64) as usize,
            _ => syncs[dice.below(syncs.len() as u64) as usize],
        })
        .collect();
    cuts.sort_unstable();
    let mut cuts = cuts.into_iter().peekable();
    let mut images = Vec::new();
    for (step, call) in calls.iter().enumerate() {
        while cuts.next_if_eq(&step).is_some() {
            let kept = match dice.below(6) {
                0 => Kept::None,
                1 => Kept::All,
                2 => Kept::Torn(100_000),
                3 => Kept::Torn(900_000),
                _ => Kept::Torn(500_000),
            };
            let folder = scratch();
            medium.write_image(root, folder.path(), kept, &mut dice).expect("written");
            let name = format!("story {seed}, cut before call {step} {}, {kept:?}", call.name);
            images.push(Image { folder, confirmed: process.confirmed, name });
        }
        medium.step = step;
        process.take(medium, call).expect("every call is understood");
    }
    let spare = images.swap_remove(images.len() / 2);
    (images, spare)
}

fn judge_all(engine: Engine, images: Vec<Image>) -> Vec<String> {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(image) = images.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let judged = std::panic::catch_unwind(|| {
                        work::judge(image.folder.path(), engine, image.confirmed, 1)
                    });
                    let judged = judged.unwrap_or_else(|_| Err("a panic".to_owned()));
                    if let Err(why) = judged {
                        let line = format!("{}: {why}", image.name);
                        failures.lock().expect("no panic under it").push(line);
                    }
                }
            });
        }
    });
    failures.into_inner().expect("no panic under it")
}

/// A folder for an image: in memory where the system has such a place, because a sync of an image
/// proves nothing and costs time.
fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("writable");
    for entry in std::fs::read_dir(from).expect("readable") {
        let path: PathBuf = entry.expect("readable").path();
        let to = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).expect("copied");
        }
    }
}

/// Say why nothing was tried: to the person, and to the file that `./check` prints at its end.
#[allow(clippy::print_stderr, reason = "a skipped proof says so where the person looks")]
fn skip(engine: Engine, why: &str) {
    use std::io::Write;
    let test = "no_power_cut_loses_or_splits_a_confirmed_batch_beside";
    let line = format!("skipped: {test}_{}: {why}", engine.name());
    eprintln!("{line}");
    if let Some(path) = std::env::var_os("SANDUAN_SKIPS") {
        let opened = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let _ = opened.and_then(|mut file| writeln!(file, "{line}"));
    }
}
