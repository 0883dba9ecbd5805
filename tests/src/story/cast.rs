//! The four machines of the story and the radio between them. The operations centre and the
//! forward post are on UDP; the team and the depot are reached only over the radio.

use crate::air::Air;
use crate::config::{Config, free_udp_port};
use crate::lab::Lab;
use crate::machine::Machine;
use crate::round::{
    self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, TEAM, TEAM_ROLES, depot_of,
};
use crate::story::teller::Teller;
use crate::trouble::Outcome;
use crate::wait::{seconds, wait_for};
use crate::{binaries, lab::equal_pictures};

/// What the radio carries, and the share of frames that it loses.
pub const RATE_BIT_S: u32 = 1200;
const LOSS: f64 = 0.05;
/// Longest time to read in the opening stock and carry it to everyone.
const PRELOAD_WITHIN_S: u64 = 120;

/// Everyone who takes part.
#[derive(Debug)]
pub struct Cast {
    /// 区应急指挥中心.
    pub centre: Machine,
    /// 前方指挥部.
    pub forward: Machine,
    /// 水上救援队2.
    pub team: Machine,
    /// 白沙镇库.
    pub depot: Machine,
    /// The radio: A the forward post, B the team, C the depot.
    pub air: Air,
    /// Code of the depot.
    pub depot_code: String,
}

impl Cast {
    /// Makes the network, admits three machines, brings them the directory and the opening stock
    /// by file, and starts everything.
    ///
    /// # Errors
    /// When a step is refused.
    pub fn assemble(lab: &Lab, teller: &Teller) -> Outcome<Cast> {
        teller.act("建网、编组 / the network and its machines");
        let air = Air::start(lab.folder(), 3, RATE_BIT_S, LOSS, "A-B,A-C,B-C")?;
        let (centre_port, forward_port) = (free_udp_port()?, free_udp_port()?);
        let mut centre = lab.found("指挥中心")?;
        centre.configure(&Config::new("值班员").udp(centre_port, &[forward_port]))?;
        centre.start()?;
        let directory = centre.directory()?;
        let (units, items, depots) =
            (directory.units.len(), directory.items.len(), directory.depots.len());
        let words = format!("名录已签发:单位 {units},品种 {items},储备库 {depots}");
        teller.tell(centre.name(), &words);
        let mut forward = lab.join(&centre, "前指", FORWARD, COMMAND_ROLES)?;
        let mut team = lab.join(&centre, "水救二队", TEAM, TEAM_ROLES)?;
        let mut depot = lab.join(&centre, "白沙库", DEPOT_UNIT, DEPOT_ROLES)?;
        let by_both = Config::new("前指参谋").udp(forward_port, &[centre_port]);
        forward.configure(&by_both.kiss_tcp(air.port(0), RATE_BIT_S))?;
        team.configure(&Config::new("带队队长").kiss_tcp(air.port(1), RATE_BIT_S))?;
        depot.configure(&Config::new("保管员").kiss_tcp(air.port(2), RATE_BIT_S))?;
        for machine in [&mut forward, &mut team, &mut depot] {
            machine.start()?;
            teller.tell(machine.name(), "已入网,守护进程在运行 / joined, daemon runs");
        }
        let depot_code = depot_of(&centre, DEPOT_UNIT)?;
        let cast = Cast { centre, forward, team, depot, air, depot_code };
        cast.preload(teller)?;
        Ok(cast)
    }

    fn preload(&self, teller: &Teller) -> Outcome {
        let opening = binaries::jiangjin().join("opening.csv");
        self.centre.cli(&["stock", "import", &opening.to_string_lossy()])?;
        let rows = wait_for("the opening stock", seconds(PRELOAD_WITHIN_S), || {
            let rows = self.centre.stock()?;
            let open = rows.iter().filter(|row| row.provisional.0 != 0).count();
            crate::trouble::ensure(open == 0 && !rows.is_empty(), || format!("{open} unsealed"))?;
            Ok(rows.len())
        })?;
        teller.tell(self.centre.name(), &format!("期初库存 {rows} 行 / opening stock"));
        round::preload(&self.centre, &[&self.forward, &self.team, &self.depot])?;
        equal_pictures(&self.everyone(), PRELOAD_WITHIN_S)?;
        teller.tell("四机", "名录和期初库存已带报到各机,四张图一致 / preloaded by file, equal");
        Ok(())
    }

    /// All four machines.
    pub fn everyone(&self) -> [&Machine; 4] {
        [&self.centre, &self.forward, &self.team, &self.depot]
    }

    /// Stops all daemons, and sees that they end well.
    ///
    /// # Errors
    /// When one does not.
    pub fn dismiss(mut self) -> Outcome {
        for machine in [&mut self.centre, &mut self.forward, &mut self.team, &mut self.depot] {
            machine.stop()?;
        }
        Ok(())
    }
}
