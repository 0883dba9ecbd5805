//! Why a BeiDou terminal carries nothing, in words that name a remedy. Words only.

use sanduan_protocol::link::modem::rdss::{Inhibit, RdssState};

/// Why a terminal carries nothing now, with a remedy; `None` where there is nothing to say.
pub(super) fn reason_of(state: RdssState) -> Option<String> {
    let said = match state {
        RdssState::Up { .. } | RdssState::Starting => return None,
        RdssState::Mute => {
            "北斗终端无应答：检查接线、电源、波特率（baud）和协议（dialect） / the BeiDou terminal does \
             not answer: check cable, power, baud and dialect"
        }
        RdssState::NoCard => {
            "北斗终端里没有卡：插好卡 / there is no card in the BeiDou terminal: put it in"
        }
        RdssState::TooSmall { level, bytes } => return Some(too_small(level, bytes)),
        RdssState::NoSignal => {
            "收不到北斗卫星信号：把天线移到朝南的开阔处 / no BeiDou satellite is heard: move the \
             antenna to where the sky to the south is free"
        }
        RdssState::Inhibited(Inhibit::Suppressed) => {
            "系统抑制本卡发送，稍后自动再试；持续如此请联系北斗服务商 / the system suppresses this \
             card; tried again by itself. If it stays so, call the service provider"
        }
        RdssState::Inhibited(Inhibit::Power) => {
            "终端电量不足或功率未锁定：充电或换电池 / battery low or power unlocked: charge it"
        }
        RdssState::Inhibited(Inhibit::Silence) => {
            "终端处于无线电静默：解除静默后自动恢复 / the terminal is in radio silence; it goes on \
             when that is lifted"
        }
        RdssState::Inhibited(Inhibit::NoPermission) => {
            "本卡无此权限：请服务商开通短报文 / this card has no right to send: have it enabled"
        }
        RdssState::Inhibited(Inhibit::Unknown(code)) => {
            return Some(format!(
                "终端拒发（原因 {code}），稍后自动再试 / the terminal refuses (reason {code}); tried \
                 again by itself"
            ));
        }
    };
    Some(said.to_owned())
}

fn too_small(level: u8, bytes: Option<u16>) -> String {
    match bytes {
        Some(bytes) => format!(
            "卡为 {level} 级，每条只能带 {bytes} 字节，太短：请换三级以上的卡 / a card of level \
             {level} carries {bytes} bytes a message, too few: use level 3 or above"
        ),
        None => format!(
            "不知道 {level} 级卡的容量：在配置中写明 level_bits / the capacity of level {level} is \
             not known: write level_bits in the configuration"
        ),
    }
}
