//! Sentences about groups for the person who tried what cannot be.

use crate::base::caps::{GROUP_DEPOTS_MAX, GROUP_UNITS_MAX};
use crate::field::directory::group::Group;
use crate::local::{Refusal, RefusalCode};

pub(in crate::node::ask) fn no_key(group: &Group) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::NotAllowed,
        format!("本终端没有“{name}”的密钥：不在组内，或名录未更新。请换组内终端，或先更新名录。"),
        format!(
            "This device has no key of {name}: it is not in the group, or the directory is behind. \
             Use a device of the group, or update the directory first."
        ),
    )
}

pub(super) fn outsiders(group: &Group, names: &[String]) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::BadValue,
        format!(
            "“{name}”以外的单位读不到内容，却要答复：{}。请改发送对象或换组。",
            names.join("、")
        ),
        format!(
            "Units outside {name} would owe an answer to what they cannot read: {}. Choose another \
             audience or group.",
            names.join(", ")
        ),
    )
}

pub(super) fn too_many_units() -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!("一个密组最多 {GROUP_UNITS_MAX} 个单位。请分成两组。"),
        format!("A group has at most {GROUP_UNITS_MAX} units. Make two of it."),
    )
}

pub(super) fn too_many_groups() -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        "密组数量已到上限。请给现有的组加减单位。",
        "There can be no more groups. Change the units of one that there is.",
    )
}

pub(super) fn bad_name() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "密组名称为空、过长或含有不能显示的字符。最多 40 个汉字。",
        "The name of the group is empty, too long or cannot be shown: 40 Chinese characters at \
         most.",
    )
}

pub(super) fn no_units() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "没有写单位。请写单位的名称或代码。",
        "No unit was given. Give names or codes of units.",
    )
}

pub(super) fn nothing_to_add(name: &str) -> Refusal {
    Refusal::new(
        RefusalCode::AlreadyOver,
        format!("这些单位已在“{name}”中，无需再加。"),
        format!("These units are in {name} already; nothing is left to do."),
    )
}

pub(super) fn not_in_it(group: &Group, unit: &str) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::UnknownName,
        format!("“{unit}”不在“{name}”中。请用 sanduan group show 核对。"),
        format!("{unit} is not in {name}. See sanduan group show."),
    )
}

pub(super) fn sealed_elsewhere(depot: &str, group: &Group) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::AlreadyOver,
        format!(
            "“{depot}”的账已对“{name}”加密。请先从该组移出：sanduan group remove {name} --depot {depot}"
        ),
        format!(
            "Posts of {depot} are sealed to {name} already. Take it out there first: sanduan \
             group remove {name} --depot {depot}"
        ),
    )
}

pub(super) fn not_sealed(group: &Group, depot: &str) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::UnknownName,
        format!("“{depot}”的账没有对“{name}”加密。请用 sanduan group show 核对。"),
        format!("Posts of {depot} are not sealed to {name}. See sanduan group show."),
    )
}

pub(super) fn custodian_outside(depot: &str, unit: &str) -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        format!("“{depot}”的保管单位“{unit}”不在组内，就记不了账。请先把它加入，或先移出该库。"),
        format!(
            "{unit}, which keeps {depot}, would not be in the group and could not post. Add it \
             first, or take the depot out first."
        ),
    )
}

pub(super) fn too_many_depots() -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!("一个密组最多 {GROUP_DEPOTS_MAX} 个储备库。请分成两组。"),
        format!("A group has at most {GROUP_DEPOTS_MAX} depots. Make two of it."),
    )
}
