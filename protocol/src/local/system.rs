//! What the system says of files and connections, in words for people. The system speaks English
//! and names no remedy.

use std::io::{Error, ErrorKind};

use super::halves;

/// What happened, in Chinese and in English; none for what has no words of its own here.
pub fn words(kind: ErrorKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        ErrorKind::NotFound => {
            ("没有这个文件或文件夹，请核对路径", "there is no such file or folder")
        }
        ErrorKind::PermissionDenied => ("没有权限，请换一个位置或用户", "permission denied"),
        ErrorKind::StorageFull => ("盘已满，请腾出空间", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => ("盘是只读的，请换一个盘", "the disk is read-only"),
        ErrorKind::IsADirectory => ("这是文件夹，请写明文件", "it is a folder; name a file"),
        ErrorKind::NotADirectory => ("路径中有一段不是文件夹", "part of the path is no folder"),
        ErrorKind::ConnectionRefused => ("对方没有接听", "nobody listens there"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            ("网络不通", "there is no way to it")
        }
        ErrorKind::NetworkDown => ("网络未启用", "the network is down"),
        ErrorKind::TimedOut => ("久无应答", "no answer in time"),
        ErrorKind::AddrInUse => ("端口已被占用", "the port is taken"),
        ErrorKind::AddrNotAvailable => ("本机没有这个地址", "this machine has no such address"),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            ("对方断开了连接", "the other side cut the connection")
        }
        ErrorKind::UnexpectedEof => ("内容中断，没有到头", "it ended in the middle"),
        ErrorKind::ResourceBusy => ("正被其他程序占用", "another program has it"),
        ErrorKind::OutOfMemory => ("内存不足", "there is no memory left"),
        ErrorKind::InvalidData => ("不是 UTF-8 文本", "it is no UTF-8 text"),
        _ => return None,
    })
}

/// What happened to a port, a socket or a device at a cable, in Chinese and in English, with the
/// number that the system gave it: whoever helps by telephone looks it up. What has no words here
/// has the number alone in Chinese.
pub fn of_line(error: &Error) -> (String, String) {
    let Some(number) = error.raw_os_error() else { return without_number(error) };
    let words = match number {
        EIO => Some(("设备读写出错，可能已拔出", "the device fails, or was taken out")),
        ENXIO | ENODEV => Some(("没有这个设备，可能已拔出", "no such device; was it taken out?")),
        EAGAIN => Some(("系统资源不足", "the system has none left")),
        ENFILE | EMFILE => Some(("打开的文件太多", "too many files are open")),
        // Not the remedy of a file: there is no other place to choose.
        _ if error.kind() == ErrorKind::PermissionDenied => Some(("没有权限", "permission denied")),
        _ => words(error.kind()),
    };
    let number_en = format!("system error {number}");
    match words {
        Some((zh, en)) => (format!("{zh}，系统错误 {number}"), format!("{en}, {number_en}")),
        None => {
            let text = error.to_string();
            let en = text.split(" (os error").next().unwrap_or_default();
            (format!("系统错误 {number}"), format!("{en}, {number_en}"))
        }
    }
}

// Numbers that have no kind of their own (Linux, asm-generic/errno-base.h).
const EIO: i32 = 5;
const ENXIO: i32 = 6;
const EAGAIN: i32 = 11;
const ENODEV: i32 = 19;
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

/// What the standard library looks up in vain, said in its words.
const NO_HOST: &str = "failed to lookup address information";

/// An error that some library made.
fn without_number(error: &Error) -> (String, String) {
    let text = error.to_string();
    if text.starts_with(NO_HOST) {
        let en = "the host name is not known".to_owned();
        return ("查不到这个主机名，请核对名称和 DNS".to_owned(), en);
    }
    match words(error.kind()).filter(|_| error.get_ref().is_none()) {
        Some((zh, en)) => (zh.to_owned(), en.to_owned()),
        None => {
            let (zh, en) = halves(&text);
            (zh.to_owned(), en.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of the errors that a link meets (Linux, asm-generic/errno.h).
    const MET: [(i32, &str, &str); 12] = [
        (1, "没有权限", "permission denied"),
        (13, "没有权限", "permission denied"),
        (16, "正被其他程序占用", "another program has it"),
        (19, "没有这个设备", "no such device"),
        (98, "端口已被占用", "the port is taken"),
        (99, "本机没有这个地址", "no such address"),
        (100, "网络未启用", "the network is down"),
        (101, "网络不通", "no way to it"),
        (104, "对方断开了连接", "cut the connection"),
        (110, "久无应答", "no answer"),
        (111, "对方没有接听", "nobody listens"),
        (113, "网络不通", "no way to it"),
    ];

    #[test]
    fn what_a_link_meets_is_said_in_both_languages_with_its_number() {
        for (number, zh, en) in MET {
            let (said_zh, said_en) = of_line(&Error::from_raw_os_error(number));
            assert!(said_zh.starts_with(zh), "{number}: {said_zh}");
            assert!(said_zh.ends_with(&format!("，系统错误 {number}")), "{said_zh}");
            assert!(said_en.contains(en) && said_en.is_ascii(), "{number}: {said_en}");
            assert!(said_en.ends_with(&format!(", system error {number}")), "{said_en}");
        }
    }

    #[test]
    fn what_has_no_words_keeps_its_number_and_no_english_in_chinese() {
        let (zh, en) = of_line(&Error::from_raw_os_error(71));
        assert_eq!((zh.as_str(), en.as_str()), ("系统错误 71", "Protocol error, system error 71"));
    }

    #[test]
    fn an_error_without_a_number_is_said_as_well() {
        let looked_up = Error::other("failed to lookup address information: Name not known");
        assert!(of_line(&looked_up).0.starts_with("查不到这个主机名"));
        let ours = of_line(&Error::other("坏了 / it broke"));
        assert_eq!(ours, ("坏了".to_owned(), "it broke".to_owned()));
        assert_eq!(of_line(&ErrorKind::UnexpectedEof.into()).0, "内容中断，没有到头");
    }
}
