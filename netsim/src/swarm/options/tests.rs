//! Tests of what seeds draw.

use super::*;

#[test]
fn every_drawn_world_is_connected_and_every_family_is_off_in_about_a_third() {
    let bounds = Bounds { nodes_max: 12, ..Bounds::default() };
    let drawn: Vec<Options> = (0..600).map(|seed| Options::draw(seed, &bounds)).collect();
    for options in &drawn {
        assert_eq!(options.core(None).map(|core| core.len()), Some(options.nodes));
    }
    let off = |is_off: &dyn Fn(&Options) -> bool| drawn.iter().filter(|o| is_off(o)).count();
    for count in [
        off(&|o| o.loss_ppm == 0),
        off(&|o| o.crashes.is_none()),
        off(&|o| o.cuts.is_none()),
        off(&|o| o.steps_every_s.is_none()),
        off(&|o| o.refuses_every_s.is_none()),
        off(&|o| o.mule_every_s.is_none()),
        off(&|o| o.disk.sync_fails_every_s.is_none()),
        off(&|o| o.disk.rots_every_s.is_none()),
        off(&|o| o.clock.drift_ppm.is_none()),
        off(&|o| o.clock.starts_at_1970_every_s.is_none()),
        off(&|o| o.foes.outsider_every_s.is_none()),
        off(&|o| !o.foes.withholds),
        off(&|o| o.power.pauses_every_s.is_none()),
        off(&|o| o.power.batteries.is_none()),
        off(&|o| o.allowances.air_permille.is_none()),
        off(&|o| o.allowances.day_milli_yuan.is_none()),
        off(&|o| o.allowances.messages.is_none()),
    ] {
        assert!((140..=260).contains(&count), "{count} of 600");
    }
}

#[test]
fn a_node_in_the_middle_of_a_line_cannot_be_left_behind() {
    let mut options = Options::draw(1, &Bounds::default());
    options.nodes = 3;
    options.links =
        vec![LinkPlan::Radio { places: vec![0, 1, 2], rate_bit_s: 1200, is_line: true }];
    assert_eq!(options.core(Some(1)), None);
    assert_eq!(options.core(Some(2)), Some(vec![0, 1]));
}

#[test]
fn a_vehicle_is_needed_where_the_one_left_behind_was_the_only_other_way() {
    let mut options = Options::draw(1, &Bounds::default());
    (options.nodes, options.left_behind) = (3, None);
    options.links = vec![
        LinkPlan::Radio { places: vec![0, 1, 2], rate_bit_s: 1200, is_line: true },
        LinkPlan::Carry { places: vec![0, 2], leg_s: 900 },
    ];
    assert!(options.is_joined_without_carry());
    options.left_behind = Some(1);
    assert!(!options.is_joined_without_carry());
}
