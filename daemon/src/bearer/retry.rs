//! Keeping a connection: follow it to its end, say once why it ended, pause, try again.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::local::halves;

use super::{Backoff, LinkVoice};
use crate::entropy;
use crate::said::Said;

/// A connection that lasted so long was a working one.
const LASTED: Duration = Duration::from_secs(10);

/// The pause between two tries, and the reason said once until it changes.
pub(super) struct Retry {
    backoff: Backoff,
    said: String,
}

impl Retry {
    pub fn new() -> Retry {
        let dice = Dice::new(entropy::dice_seed());
        Retry { backoff: Backoff::new(dice), said: String::new() }
    }

    /// Follow a connection to its end. Only one that lasted makes the next pause short again: a
    /// gateway that hangs up at once must not be called every second.
    pub async fn keep(&mut self, connection: impl Future<Output = String>) -> String {
        let began = Instant::now();
        self.said.clear();
        let why = connection.await;
        if began.elapsed() >= LASTED {
            self.backoff.reset();
        }
        why
    }

    /// Say why on every link that is concerned, and wait.
    pub async fn pause(&mut self, voices: impl Iterator<Item = &LinkVoice>, reason: String) {
        if self.is_news(&reason) {
            for voice in voices {
                voice.down(&reason).await;
            }
        }
        self.wait().await;
    }

    /// True if this reason was not the last one given.
    pub fn is_news(&mut self, reason: &str) -> bool {
        let is_news = self.said != reason;
        self.said = reason.to_owned();
        is_news
    }

    /// Wait until the next try is due.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.backoff.pause()).await;
    }
}

/// Why a serial port cannot be opened, with a remedy.
pub fn serial_reason(device: &Path, error: &io::Error) -> String {
    let device = device.display();
    match error.kind() {
        ErrorKind::NotFound => format!(
            "没有串口设备 {device}:插好设备，或改配置中的 device / \
             no serial device {device}: plug it in, or change device in the configuration"
        ),
        ErrorKind::PermissionDenied => format!(
            "无权打开 {device}:把运行用户加入 dialout 组 / \
             not allowed to open {device}: add the user to the group dialout"
        ),
        _ => {
            let Said { zh, en } = Said::of_line(error);
            format!(
                "打不开串口 {device}（{zh}）：检查是否被其他程序占用 / \
                 cannot open {device} ({en}): check whether another program has it"
            )
        }
    }
}

/// Why a serial port that was open is lost.
pub(super) fn lost_serial_reason(device: &Path, why: &str) -> String {
    let (device, (zh, en)) = (device.display(), halves(why));
    format!("串口 {device} 断开（{zh}），正在重试 / lost {device} ({en}); trying again")
}
