//! The messages of the Meshtastic protocol (mesh.proto, config.proto, portnums.proto of the public
//! Meshtastic protobufs, 2.7) as far as they are spoken here. Fields that are not listed are
//! skipped when read. Members of a `oneof` are optional fields, which has the same bytes.

use prost::Message;

/// To the node.
#[derive(Clone, PartialEq, Message)]
pub struct ToRadio {
    /// A packet to send.
    #[prost(message, optional, tag = "1")]
    pub packet: Option<MeshPacket>,
    /// Tell everything about yourself; the number comes back at the end.
    #[prost(uint32, optional, tag = "3")]
    pub want_config_id: Option<u32>,
    /// A sign of life.
    #[prost(message, optional, tag = "7")]
    pub heartbeat: Option<Heartbeat>,
}

/// A sign of life; its bytes are none.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Heartbeat {}

/// From the node.
#[derive(Clone, PartialEq, Message)]
pub struct FromRadio {
    /// A packet that it received.
    #[prost(message, optional, tag = "2")]
    pub packet: Option<MeshPacket>,
    /// Who it is.
    #[prost(message, optional, tag = "3")]
    pub my_info: Option<OwnNode>,
    /// A part of its settings.
    #[prost(message, optional, tag = "5")]
    pub config: Option<Config>,
    /// All was told; the number of the question.
    #[prost(uint32, optional, tag = "7")]
    pub config_complete_id: Option<u32>,
    /// It has just started.
    #[prost(bool, optional, tag = "8")]
    pub rebooted: Option<bool>,
    /// How its queue stands.
    #[prost(message, optional, tag = "11")]
    pub queue_status: Option<QueueStatus>,
}

/// One packet.
#[derive(Clone, PartialEq, Message)]
pub struct MeshPacket {
    /// Number of the sending node.
    #[prost(fixed32, tag = "1")]
    pub from: u32,
    /// Number of the receiving node, or everyone.
    #[prost(fixed32, tag = "2")]
    pub to: u32,
    /// Index of the channel.
    #[prost(uint32, tag = "3")]
    pub channel: u32,
    /// What it says, where the node could open it.
    #[prost(message, optional, tag = "4")]
    pub decoded: Option<AppContent>,
    /// Number of the packet, unique for its sender for some minutes.
    #[prost(fixed32, tag = "6")]
    pub id: u32,
    /// How many nodes may repeat it.
    #[prost(uint32, tag = "9")]
    pub hop_limit: u32,
    /// The node repeats it until another acks it. Never asked for here.
    #[prost(bool, tag = "10")]
    pub want_ack: bool,
    /// How strongly it was heard, dBm.
    #[prost(int32, optional, tag = "12")]
    pub rx_rssi: Option<i32>,
}

/// What a packet says.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AppContent {
    /// Number of the application.
    #[prost(uint32, tag = "1")]
    pub portnum: u32,
    /// Its bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub payload: Vec<u8>,
}

/// Who the node is.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct OwnNode {
    /// Its number.
    #[prost(uint32, tag = "1")]
    pub my_node_num: u32,
}

/// A part of the node's settings.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Config {
    /// How the radio is set.
    #[prost(message, optional, tag = "6")]
    pub lora: Option<LoraConfig>,
}

/// How the radio is set.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct LoraConfig {
    /// By a preset, not by the three values below.
    #[prost(bool, tag = "1")]
    pub use_preset: bool,
    /// Which preset.
    #[prost(uint32, tag = "2")]
    pub modem_preset: u32,
    /// Bandwidth, kHz; 31 stands for 31.25 and 62 for 62.5.
    #[prost(uint32, tag = "3")]
    pub bandwidth: u32,
    /// Spreading factor.
    #[prost(uint32, tag = "4")]
    pub spread_factor: u32,
    /// Coding rate: 5 for 4/5, 8 for 4/8.
    #[prost(uint32, tag = "5")]
    pub coding_rate: u32,
    /// Region by whose rules it sends; 0 for none yet, and then it is silent.
    #[prost(uint32, tag = "7")]
    pub region: u32,
    /// It may send.
    #[prost(bool, tag = "9")]
    pub tx_enabled: bool,
}

/// How the node's queue stands.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct QueueStatus {
    /// 0, or why the last packet was refused.
    #[prost(int32, tag = "1")]
    pub res: i32,
    /// Packets that still find room.
    #[prost(uint32, tag = "2")]
    pub free: u32,
    /// Packets that find room in all.
    #[prost(uint32, tag = "3")]
    pub maxlen: u32,
    /// Which packet this is about.
    #[prost(uint32, tag = "4")]
    pub mesh_packet_id: u32,
}

impl ToRadio {
    /// The message's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// The message of these bytes, if they are one.
    pub fn read(bytes: &[u8]) -> Option<ToRadio> {
        ToRadio::decode(bytes).ok()
    }
}

impl FromRadio {
    /// The message's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// The message of these bytes, if they are one.
    pub fn read(bytes: &[u8]) -> Option<FromRadio> {
        FromRadio::decode(bytes).ok()
    }
}
