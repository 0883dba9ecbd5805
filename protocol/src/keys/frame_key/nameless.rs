//! Frames that do not say whose they are (decision 0067): whoever is known to speak where one was
//! heard is tried. When one is sent is told in `link::number`.

use super::{FrameKey, FrameOpener, OpenError, Opened, opened};
use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::wire::frame::{FrameView, HeaderNo};

/// Who may have sent a frame that does not say whose it is: so many are tried at most. On a link of
/// two terminals one device speaks, and while one is exchanged for another, two.
pub const SPEAKERS_MAX: usize = 4;

impl FrameOpener {
    /// Whoever made the tag named itself in the nonce: a wrong guess does not open.
    pub(super) fn open_nameless<'k>(
        &mut self,
        view: &FrameView<'_>,
        fitting: impl Iterator<Item = &'k FrameKey> + Clone,
        speakers: &[DeviceId],
        now: Mono,
    ) -> Result<Opened, OpenError> {
        let HeaderNo::Low(low) = view.header.number else { return Err(OpenError::BadVersion) };
        let others = speakers.iter().take(SPEAKERS_MAX).filter(|speaker| **speaker != self.device);
        let found = others.copied().find_map(|speaker| {
            let mut numbers = self.senders.candidates(speaker, low);
            numbers.find_map(|number| {
                fitting.clone().find_map(|key| opened(key, view, speaker, number))
            })
        });
        let found = found.ok_or(OpenError::UnknownStart)?;
        let standing = self.senders.standing(found.sender, found.number, now);
        self.take(found, standing, now)
    }
}
