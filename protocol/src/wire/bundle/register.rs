//! Registers of the board as a frame names them. What is kept of them is `sync::board`'s.
//!
//! ```text
//! register  device | kind 1 | unit, lane or nothing | version | length, value
//! ```

use std::cmp::Ordering;

use crate::base::ids::{DeviceId, LaneId, RecordId, UnitId};
use crate::wire::pack::{Pack, PackError, Reader, put_bytes};

/// Bytes of one register's value.
const REGISTER_BYTES_MAX: usize = 64;

/// Name of a register of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterId {
    /// The newest fix that a device reported for a unit.
    Fix(DeviceId, UnitId),
    /// How much of a lane a device has on its disk.
    Held(DeviceId, LaneId),
    /// How a device is: battery, links.
    Status(DeviceId),
}

impl RegisterId {
    /// Its place among all: by kind, then device, then what it is of. One number, because a board
    /// has thousands of them in order.
    pub fn rank(self) -> u64 {
        let of = |kind: u64, device: DeviceId, rest: u32| {
            kind << 48 | u64::from(device.0) << 32 | u64::from(rest)
        };
        match self {
            RegisterId::Fix(device, unit) => of(0, device, u32::from(unit.0)),
            RegisterId::Held(device, lane) => of(1, device, lane.rank()),
            RegisterId::Status(device) => of(2, device, 0),
        }
    }
}

impl PartialOrd for RegisterId {
    fn partial_cmp(&self, other: &RegisterId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RegisterId {
    fn cmp(&self, other: &RegisterId) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// The newest value of one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Which.
    pub id: RegisterId,
    /// Larger is newer: seconds since 1970 for fixes and status, the head for holdings.
    pub version: u32,
    /// The value; its form depends on the register.
    pub value: Vec<u8>,
}

impl Register {
    /// The registers that say the same as a list of those who hold an order.
    pub fn of_holders(order: RecordId, devices: &[DeviceId]) -> Vec<Register> {
        let held = |device: &DeviceId| {
            let id = RegisterId::Held(*device, order.lane);
            Register { id, version: order.seq, value: Vec::new() }
        };
        devices.iter().map(held).collect()
    }
}

impl Pack for RegisterId {
    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            RegisterId::Fix(device, unit) => {
                device.pack(to);
                to.push(1);
                unit.pack(to);
            }
            RegisterId::Held(device, lane) => {
                device.pack(to);
                to.push(2);
                lane.pack(to);
            }
            RegisterId::Status(device) => {
                device.pack(to);
                to.push(3);
            }
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<RegisterId, PackError> {
        let device = DeviceId::unpack(from)?;
        match from.byte()? {
            1 => UnitId::unpack(from).map(|unit| RegisterId::Fix(device, unit)),
            2 => LaneId::unpack(from).map(|lane| RegisterId::Held(device, lane)),
            3 => Ok(RegisterId::Status(device)),
            _ => Err(PackError::BadValue("register")),
        }
    }
}

impl Pack for Register {
    fn pack(&self, to: &mut Vec<u8>) {
        self.id.pack(to);
        self.version.pack(to);
        put_bytes(to, &self.value);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Register, PackError> {
        Ok(Register {
            id: RegisterId::unpack(from)?,
            version: u32::unpack(from)?,
            value: from.bytes(REGISTER_BYTES_MAX)?.to_vec(),
        })
    }
}
