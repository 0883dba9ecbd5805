//! Positions from a real gpsd, fed with sentences of a BeiDou and GPS receiver on the move, seen
//! on another machine.

use sanduan_protocol::local::rows::PositionRow;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::receiver::{self, Receiver};
use sanduan_tests::round::{self, TEAM, TEAM_ROLES};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, Trouble, journey, modems, seconds, wait_for};

const FROM: (f64, f64) = (29.0600, 106.1200);
const TO: (f64, f64) = (29.0900, 106.1500);

fn team_at(machine: &Machine) -> Outcome<PositionRow> {
    let rows = machine.positions()?;
    let found = rows.into_iter().find(|row| row.name == TEAM);
    found.ok_or_else(|| Trouble::new("no position of the team"))
}

#[test]
fn a_receiver_on_the_move_is_seen_on_another_machine() {
    journey(|lab| {
        if !modems::can_run("positions from gpsd", receiver::missing())? {
            return Ok(());
        }
        let receiver = Receiver::start(lab.folder(), &receiver::drive(FROM, TO, 60), 0.1)?;
        let (centre_port, team_port) = (free_udp_port()?, free_udp_port()?);
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").udp(centre_port, &[team_port]))?;
        centre.start()?;
        let mut team = lab.join(&centre, "team", TEAM, TEAM_ROLES)?;
        let config = Config::new("带队队长").udp(team_port, &[centre_port]).gpsd(receiver.port);
        team.configure(&config)?;
        team.start()?;
        round::preload(&centre, &[&team])?;
        let first = wait_for("the team's fix at the centre", seconds(60), || team_at(&centre))?;
        let inside =
            |e7: i32, a: f64, b: f64| (a - 0.001..b + 0.001).contains(&(f64::from(e7) / 1e7));
        let on_the_road =
            inside(first.point.lat_e7, FROM.0, TO.0) && inside(first.point.lon_e7, FROM.1, TO.1);
        ensure(on_the_road, || format!("{first:?}"))?;
        ensure(first.source == "gps", || format!("{first:?}"))?;
        wait_for("the team to have moved", seconds(90), || {
            let now = team_at(&centre)?;
            ensure(now.point != first.point && now.fixed_ms > first.fixed_ms, || {
                format!("{first:?} and {now:?}")
            })
        })
    });
}

#[test]
fn a_recorded_track_is_played_back_as_positions() {
    journey(|lab| {
        let track = lab.path("track.nmea");
        std::fs::write(&track, receiver::drive(FROM, TO, 60))?;
        let mut centre = lab.found("centre")?;
        let source = format!(
            "[[source]]\nname = \"录\"\nkind = \"nmea\"\nfile = \"{}\"\nspeed = 10.0",
            track.display()
        );
        centre.configure(&Config::new("值班员").table(&source))?;
        centre.start()?;
        let own = |machine: &Machine| {
            let row = machine.positions()?.into_iter().next();
            row.ok_or_else(|| Trouble::new("no position yet"))
        };
        let first = wait_for("the first fix", seconds(30), || own(&centre))?;
        ensure(first.source == "gps", || format!("{first:?}"))?;
        wait_for("the machine to have moved", seconds(60), || {
            let now = own(&centre)?;
            ensure(now.point.lat_e7 > first.point.lat_e7, || format!("{first:?} and {now:?}"))
        })
    });
}
