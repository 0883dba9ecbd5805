//! A network is founded, a device joins it, both on a real disk.

use sanduan_protocol::local::{Reply, Request};

use super::*;
use crate::config::{Config, Starter};
use crate::offline::enrol;

#[test]
fn a_network_founded_from_tables_has_them_signed_in_its_directory() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/jiangjin-819");
    let eoc = folder.path().join("eoc");
    let founded = found(&founding(&eoc, Some(tables))).expect("founds");
    assert_eq!(founded.unit_name, CENTRE_NAME);
    let mut session = open(&eoc);
    let Ok(Reply::Status(status)) = session.ask(Request::Status) else { panic!("status") };
    assert_eq!((status.name.as_str(), status.drill, status.provisional), ("江津区", true, 0));
    assert_eq!(status.unit_name, CENTRE_NAME);
    assert!(status.roles.iter().any(|role| role == "authority"));
    let Ok(Reply::Directory(rows)) = session.ask(Request::Directory) else { panic!("directory") };
    assert_eq!((rows.places.len(), rows.items.len(), rows.depots.len()), (31, 75, 38));
    assert_eq!(rows.devices.len(), 1);
    session.close().expect("closes");
}

#[test]
fn a_founding_without_tables_is_one_machine_that_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let eoc = folder.path().join("eoc");
    let mut founding = founding(&eoc, None);
    founding.unit = Some("值班室".to_owned());
    assert_eq!(found(&founding).expect("founds").unit_name, "值班室");
    assert_eq!(Config::load(&eoc.join("sanduan.toml")).expect("sound").operator, "职员乙");
    let again = found(&founding).expect_err("taken");
    assert!(again.zh.contains("不会覆盖") && again.en.contains("nothing is replaced"));
}

#[test]
fn an_empty_folder_that_exists_is_used_even_after_a_crash_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let eoc = folder.path().join("eoc");
    std::fs::create_dir_all(eoc.join(DRAFT_INSIDE).join("journal")).expect("writable");
    found(&founding(&eoc, None)).expect("founds");
    assert!(!eoc.join(DRAFT_INSIDE).exists());
    let Ok(Reply::Status(status)) = open(&eoc).ask(Request::Status) else { panic!("status") };
    assert_eq!(status.unit_name, CENTRE_NAME);
}

#[test]
fn a_founding_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = folder.path().join("tables");
    std::fs::create_dir(&tables).expect("writable");
    std::fs::write(tables.join("depots.csv"), "code,name,custodian\nD1,库,无此单位\n").expect("w");
    let said = found(&founding(&folder.path().join("eoc"), Some(tables))).expect_err("unknown");
    assert!(said.zh.contains("depots.csv:2") && said.zh.contains("无此单位"), "{said}");
    let left: Vec<_> = folder.path().read_dir().expect("there").flatten().collect();
    assert_eq!(left.len(), 1, "only the tables: {left:?}");
}

#[test]
fn a_device_joins_by_two_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    found(&founding(&path("eoc"), None)).expect("founds");
    let requested = enrol::request(&path("team"), &path("request")).expect("writes");
    assert_eq!(requested.check_words.len(), 6);
    let roles = ["receipt".to_owned(), "position".to_owned()];
    let admit = |unit, again| admitted(folder.path(), unit, &roles, again);
    assert!(admit("无此队", false).is_err() && !path("join").exists());
    let device = admit("EOC", false);
    let words = requested.check_words.clone();
    assert_eq!(device, Ok((DeviceId(2), words)), "what is read aloud can be compared");
    // Lost on the way: the same number once more, and no second one.
    std::fs::remove_file(path("join")).expect("there");
    let twice = admit("EOC", false).expect_err("it has a number");
    assert!(twice.zh.contains("已是 2 号") && !path("join").exists(), "{twice}");
    assert_eq!(admit("EOC", true), device);
    let stranger = enrol::join(&path("eoc"), &path("join"), &Starter::default());
    assert!(stranger.is_err_and(|said| said.en.contains("already")));
    enrol::request(&path("other"), &path("other-request")).expect("writes");
    let wrong = enrol::join(&path("other"), &path("join"), &Starter::default())
        .expect_err("sealed to the first");
    assert!(!wrong.zh.is_empty() && !path("other/network.secret").exists());
    let udp = |address: &str| Starter { udp: vec![address.to_owned()], ..Starter::default() };
    let mistyped = enrol::join(&path("team"), &path("join"), &udp("192.168.1.20"));
    assert!(mistyped.is_err() && !path("team/network.secret").exists(), "nothing was changed");
    let starter = udp("192.168.1.20:7819");
    let joined = enrol::join(&path("team"), &path("join"), &starter).expect("joins");
    let config = Config::load(&path("team").join("sanduan.toml")).expect("sound");
    assert_eq!(config.bearers.len(), 1);
    assert_eq!((joined.device, joined.name.as_str(), joined.drill), (DeviceId(2), "江津区", true));
    let again = enrol::request(&path("team"), &path("request")).expect_err("a member");
    assert!(again.zh.contains("已加入"));
    let mut session = open(&path("team"));
    let Ok(Reply::Status(status)) = session.ask(Request::Status) else { panic!("status") };
    assert_eq!(status.device, DeviceId(2));
}

#[test]
fn admission_while_a_daemon_runs_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    found(&founding(&path("eoc"), None)).expect("founds");
    enrol::request(&path("team"), &path("request")).expect("writes");
    let _running = open(&path("eoc"));
    let refused = admitted(folder.path(), "EOC", &[], false);
    assert!(refused.is_err_and(|said| said.zh.contains("正被另一个 sanduand 使用")));
}

/// The file `request` admitted on the machine `eoc`, its join file written to `join`.
fn admitted(
    folder: &Path,
    unit: &str,
    roles: &[String],
    again: bool,
) -> Result<(DeviceId, Vec<String>), Said> {
    let (request, out) = (&folder.join("request"), &folder.join("join"));
    enrol::admit(&folder.join("eoc"), &enrol::Admission { request, unit, roles, again, out })
}

fn founding(folder: &Path, import: Option<PathBuf>) -> Founding {
    Founding {
        folder: folder.to_owned(),
        district: "500116".to_owned(),
        name: "江津区".to_owned(),
        drill: true,
        import,
        unit: None,
        starter: Starter { operator: "职员乙".to_owned(), ..Starter::default() },
    }
}

fn open(folder: &Path) -> Session {
    let mut vault = Vault::enter_unattended(folder).expect("a vault");
    let home = Home::of(&vault).expect("readable");
    let config = Config::load(&home.config_path()).expect("sound");
    let settings = home.settings(&config).expect("a member");
    Session::open(&mut vault, settings).expect("opens")
}
