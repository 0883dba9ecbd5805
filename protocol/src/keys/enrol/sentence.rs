//! What people read when enrolment fails: a word for scripts, and one sentence in Chinese and in
//! English that says what is wrong and what to do. No checks live here.

use std::fmt;

use super::{JoinError, JoinSealError, RequestError};
use crate::base::caps::{JOIN_DISTRICT_BYTES_MAX, JOIN_NAME_BYTES_MAX};
use crate::keys::certificate::CertificateError;

impl RequestError {
    /// The reason in one word, for counters and scripts.
    pub fn word(self) -> &'static str {
        match self {
            RequestError::NotARequest => "not_a_request",
            RequestError::BadCharacter { .. } => "bad_character",
            RequestError::Damaged => "damaged",
            RequestError::BadVersion => "bad_version",
            RequestError::BadSuite => "bad_suite",
            RequestError::BadKey => "bad_key",
        }
    }

    /// The sentence in Chinese.
    pub fn zh(self) -> String {
        match self {
            RequestError::NotARequest => {
                "这不是入网申请：申请以 SDREQ: 开头，请核对文件或重新录入".into()
            }
            RequestError::BadCharacter { position } => {
                format!("申请的第 {position} 个字符不可能出现，请对照原文改正")
            }
            RequestError::Damaged => "申请有错字、缺字或多字，请逐组对照原文重新录入".into(),
            RequestError::BadVersion => "申请由其他版本的程序生成，请先统一两端的程序版本".into(),
            RequestError::BadSuite => {
                "申请使用的密码算法与本网不同，请在该设备上改用本网算法的程序重新申请".into()
            }
            RequestError::BadKey => "申请中的密钥不可用，请在该设备上重新生成申请".into(),
        }
    }

    /// The sentence in English.
    pub fn en(self) -> String {
        match self {
            RequestError::NotARequest => {
                "this is no request to join: one begins with SDREQ: (check the file or retype it)"
                    .into()
            }
            RequestError::BadCharacter { position } => {
                format!("character {position} of the request is impossible: compare the original")
            }
            RequestError::Damaged => {
                "the request has wrong, missing or extra characters: compare group by group".into()
            }
            RequestError::BadVersion => {
                "the request was made by another version of the program: bring both to one version"
                    .into()
            }
            RequestError::BadSuite => {
                "the request uses other cryptography than this network: make it again with a \
                 program built for this network's"
                    .into()
            }
            RequestError::BadKey => {
                "the key in the request is unusable: make a new request on that device".into()
            }
        }
    }
}

impl JoinError {
    /// The reason in one word, for counters and scripts.
    pub fn word(self) -> &'static str {
        match self {
            JoinError::NotAJoinFile => "not_a_join_file",
            JoinError::Damaged => "damaged",
            JoinError::BadVersion => "bad_version",
            JoinError::BadSuite => "bad_suite",
            JoinError::NotForThisDevice => "not_for_this_device",
            JoinError::BadCertificate(_) => "bad_certificate",
        }
    }

    /// The sentence in Chinese.
    pub fn zh(self) -> String {
        match self {
            JoinError::NotAJoinFile => {
                "这不是入网文件：入网文件以 SDJOIN: 开头，请核对文件或重新扫码".into()
            }
            JoinError::Damaged => "入网文件不完整或有错字，请重新扫码或重新拷贝".into(),
            JoinError::BadVersion => "入网文件由其他版本的程序生成，请先统一两端的程序版本".into(),
            JoinError::BadSuite => {
                "入网文件所属网络的密码算法与本设备不同，请改用该网算法的程序重新申请".into()
            }
            JoinError::NotForThisDevice => {
                "入网文件不是发给本设备的：请用本设备最近一次的申请重新办理".into()
            }
            JoinError::BadCertificate(reason) => {
                format!("入网文件中的证书不可信（{}），请不要使用，并告知发证单位", reason.zh())
            }
        }
    }

    /// The sentence in English.
    pub fn en(self) -> String {
        match self {
            JoinError::NotAJoinFile => {
                "this is no join file: one begins with SDJOIN: (check the file or scan it again)"
                    .into()
            }
            JoinError::Damaged => {
                "the join file is incomplete or has wrong characters: scan or copy it again".into()
            }
            JoinError::BadVersion => {
                "the join file was made by another version of the program: bring both to one \
                 version"
                    .into()
            }
            JoinError::BadSuite => {
                "the join file is of a network with other cryptography than this device: ask to \
                 join again with a program built for it"
                    .into()
            }
            JoinError::NotForThisDevice => {
                "the join file is for another device: have this device's newest request admitted"
                    .into()
            }
            JoinError::BadCertificate(reason) => {
                let reason = reason.en();
                format!("the certificate is not to be trusted ({reason}): tell its issuer")
            }
        }
    }
}

impl JoinSealError {
    /// The reason in one word, for counters and scripts.
    pub fn word(self) -> &'static str {
        match self {
            JoinSealError::BadDistrict => "bad_district",
            JoinSealError::BadName => "bad_name",
            JoinSealError::BadCertificate(_) => "bad_certificate",
        }
    }

    /// The sentence in Chinese.
    pub fn zh(self) -> String {
        match self {
            JoinSealError::BadDistrict => {
                format!("区划代码最多 {JOIN_DISTRICT_BYTES_MAX} 位，且不能有控制字符")
            }
            JoinSealError::BadName => {
                let characters = JOIN_NAME_BYTES_MAX / 3;
                format!("网络名称最多 {characters} 个汉字，且不能有控制字符")
            }
            JoinSealError::BadCertificate(reason) => {
                format!("证书不能使用（{}），请重新签发", reason.zh())
            }
        }
    }

    /// The sentence in English.
    pub fn en(self) -> String {
        match self {
            JoinSealError::BadDistrict => format!(
                "a district code has at most {JOIN_DISTRICT_BYTES_MAX} characters, none of them \
                 control characters"
            ),
            JoinSealError::BadName => format!(
                "a network's name has at most {JOIN_NAME_BYTES_MAX} bytes, a Chinese character \
                 has three, and no control characters"
            ),
            JoinSealError::BadCertificate(reason) => {
                format!("the certificate is unusable ({}): issue it again", reason.en())
            }
        }
    }
}

impl CertificateError {
    /// The reason in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            CertificateError::BadLength => "长度不对",
            CertificateError::BadVersion => "版本不对",
            CertificateError::BadSuite => "密码算法与本网不同",
            CertificateError::BadKey => "密钥不可用",
            CertificateError::BadSerial => "序号超出范围",
            CertificateError::BadDepot => "储备库编号不能为 0",
            CertificateError::BadSignature => "签名不符",
        }
    }

    /// The reason in English.
    pub fn en(self) -> &'static str {
        match self {
            CertificateError::BadLength => "wrong length",
            CertificateError::BadVersion => "another version",
            CertificateError::BadSuite => "other cryptography than this network",
            CertificateError::BadKey => "unusable key",
            CertificateError::BadSerial => "serial out of range",
            CertificateError::BadDepot => "depot 0 cannot be named",
            CertificateError::BadSignature => "the signature does not fit",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl fmt::Display for JoinSealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en())
    }
}

impl std::error::Error for RequestError {}
impl std::error::Error for JoinError {}
impl std::error::Error for JoinSealError {}
impl std::error::Error for CertificateError {}
