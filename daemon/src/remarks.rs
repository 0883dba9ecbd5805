//! What the daemon says in its log while it runs, in the language chosen. Remarks are written as
//! `中文 / English` where they are made, their values too; here the half is taken.

use std::fmt::Debug;

use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use crate::said::Tongue;

/// Writes a remark and its values, `name=value`, in this language.
pub fn fields(tongue: Tongue) -> impl for<'w> FormatFields<'w> + Send + Sync + 'static {
    debug_fn(move |writer: &mut Writer<'_>, field: &Field, value: &dyn Debug| {
        let text = format!("{value:?}");
        match field.name() {
            "message" => writer.write_str(tongue.of(&text)),
            name => write!(writer, "{name}={}", half(&text, tongue)),
        }
    })
    .delimited(" ")
}

/// The half of a value; one in quotes stays in quotes.
fn half(text: &str, tongue: Tongue) -> String {
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.map_or_else(|| tongue.of(text).to_owned(), |text| format!("\"{}\"", tongue.of(text)))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex, PoisonError};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;
    use crate::said::Said;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Paper {
        type Writer = Paper;

        fn make_writer(&self) -> Paper {
            self.clone()
        }
    }

    fn remark(tongue: Tongue) -> String {
        let paper = Paper::default();
        let log = tracing_subscriber::fmt()
            .with_writer(paper.clone())
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .fmt_fields(fields(tongue))
            .finish();
        tracing::subscriber::with_default(log, || {
            let (said, reason) = (Said::new("盘已满", "the disk is full"), "没有设备 / no device");
            tracing::warn!(%said, reason, file = "/a/b", count = 3, "未保存 / not saved");
        });
        let bytes = paper.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    #[test]
    fn a_remark_and_its_values_speak_the_language_chosen() {
        let zh = "WARN 未保存 said=盘已满 reason=\"没有设备\" file=\"/a/b\" count=3";
        assert_eq!(remark(Tongue::Zh), zh);
        let en = "WARN not saved said=the disk is full reason=\"no device\" file=\"/a/b\" count=3";
        assert_eq!(remark(Tongue::En), en);
        let both = remark(Tongue::Both);
        assert!(both.contains("未保存 / not saved said=盘已满 / the disk is full"), "{both}");
    }
}
