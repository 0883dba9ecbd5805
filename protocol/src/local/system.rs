//! What the system says of files and connections, in words for people. The system speaks English
//! and names no remedy.

use std::io::ErrorKind;

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
        ErrorKind::TimedOut => ("久无应答", "no answer in time"),
        ErrorKind::AddrInUse => ("端口已被占用", "the port is taken"),
        ErrorKind::AddrNotAvailable => ("本机没有这个地址", "this machine has no such address"),
        ErrorKind::InvalidData => ("不是 UTF-8 文本", "it is no UTF-8 text"),
        _ => return None,
    })
}
