//! The one table of routes.

/// HTTP method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Wishes.
    Post,
}

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is described in its line of the table")]
pub enum Call {
    Status,
    Vault,
    Unlock,
    Lock,
    SetPassphrase,
    RemovePassphrase,
    Wipe,
    Bearers,
    ReloadBearers,
    Peers,
    Directory,
    DirectoryList,
    ImportDirectory,
    ExportDirectory,
    Devices,
    Device,
    DeviceDetail,
    AdmitDevice,
    RenewDevice,
    RevokeDevice,
    AddToGroup,
    RemoveFromGroup,
    Orders,
    Order,
    SendOrder,
    SignOrder,
    SetOperator,
    CancelOrder,
    SendReceipt,
    Files,
    SendFile,
    OpenFile,
    FetchFile,
    Positions,
    ReportPosition,
    Stock,
    StockCard,
    PostMovements,
    Waybills,
    ShipWaybill,
    ArriveWaybill,
    PostCount,
    SnapshotStock,
    SealStock,
    Log,
    Outbox,
    CarryExport,
    CarrySheets,
    CarryScan,
    CarryImport,
    Village,
    VillageHear,
    Events,
    Metrics,
    Openapi,
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path, with names in braces.
    pub path: &'static str,
    /// What it does.
    pub call: Call,
    /// What it does, Chinese.
    pub zh: &'static str,
    /// What it does, English.
    pub en: &'static str,
    /// Names of the query, each with its type word.
    pub query: &'static [(&'static str, &'static str)],
    /// An example of the body that the route takes; empty when it takes none or takes bytes.
    pub body: &'static str,
}

const fn get(path: &'static str, call: Call, zh: &'static str, en: &'static str) -> Route {
    Route { method: Method::Get, path, call, zh, en, query: &[], body: "" }
}

const fn post(
    path: &'static str,
    call: Call,
    zh: &'static str,
    en: &'static str,
    body: &'static str,
) -> Route {
    Route { method: Method::Post, path, call, zh, en, query: &[], body }
}

const fn with(route: Route, query: &'static [(&'static str, &'static str)]) -> Route {
    Route { query, ..route }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    get("/v1/status", Call::Status, "本机概况", "the node at a glance"),
    get("/v1/vault", Call::Vault, "数据保护方式", "how the data on the disk is protected"),
    post(
        "/v1/unlock",
        Call::Unlock,
        "输入口令，此后一段时间内可下令",
        "give the passphrase; orders may be signed for a while",
        r#"{"passphrase":"山高水长"}"#,
    ),
    post("/v1/lock", Call::Lock, "收回：下令须再输口令", "orders need the passphrase again", ""),
    post(
        "/v1/vault/passphrase",
        Call::SetPassphrase,
        "设置或更换口令",
        "set or change the passphrase",
        r#"{"old":"","new":"山高水长","unattended":false}"#,
    ),
    post(
        "/v1/vault/passphrase/remove",
        Call::RemovePassphrase,
        "取消口令，改由密钥文件打开",
        "do without a passphrase: a key file opens the data",
        r#"{"old":"山高水长"}"#,
    ),
    post(
        "/v1/wipe",
        Call::Wipe,
        "销毁本机数据：先问清内容和确认码，再带码执行",
        "destroy what this machine holds: first ask what, then do it with the code",
        r#"{"code":"123456"}"#,
    ),
    get("/v1/bearers", Call::Bearers, "承载与链路", "bearers and their links"),
    post(
        "/v1/bearers/reload",
        Call::ReloadBearers,
        "重读配置，增减改承载，无须重启",
        "read the configuration again: bearers come, change and go without a restart",
        r#"{"check_only":false}"#,
    ),
    get("/v1/peers", Call::Peers, "收听到的设备", "devices heard"),
    get("/v1/directory", Call::Directory, "名录", "places, units, items, depots, devices"),
    get(
        "/v1/directory/{list}",
        Call::DirectoryList,
        "名录中的一类，含已撤销的",
        "one list of the directory, withdrawn lines too",
    ),
    post(
        "/v1/directory/import",
        Call::ImportDirectory,
        "导入名录表格，或只说明会改动什么",
        "take tables into the directory, or only say what they would change",
        r#"{"files":[{"name":"items.csv","text":"item,name,unit\nE001,艇,艘\n"}],"dry_run":true}"#,
    ),
    get(
        "/v1/directory/export",
        Call::ExportDirectory,
        "导出签名的名录文件",
        "the signed directory as a file",
    ),
    get("/v1/devices", Call::Devices, "设备", "devices of the network"),
    get("/v1/devices/{key}", Call::Device, "公钥所属设备", "the device that has a public key"),
    get(
        "/v1/devices/{key}/detail",
        Call::DeviceDetail,
        "一台设备(按编号):何时听到、写过什么、是否吊销",
        "one device by its number: when heard, what it wrote, revoked or not",
    ),
    post(
        "/v1/devices/admit",
        Call::AdmitDevice,
        "批准设备入网",
        "admit a device",
        r#"{"request":"text of the request file","unit":"T05","roles":["position"]}"#,
    ),
    post(
        "/v1/devices/renew",
        Call::RenewDevice,
        "现场签发员续期；为终端补发换钥所需的密钥",
        "another term for a field issuer; keys for a device that could not follow a rekey",
        r#"{"device":7}"#,
    ),
    post(
        "/v1/devices/revoke",
        Call::RevokeDevice,
        "吊销设备，此后它写的内容不被采信",
        "trust a device no longer: what it writes from now on counts nowhere",
        r#"{"device":7,"reason":"途中遗失"}"#,
    ),
    post(
        "/v1/groups/add",
        Call::AddToGroup,
        "单位加入密组，没有此组则新建；所列储备库的账此后对该组加密",
        "put units into a group that texts can be sealed to; a new name makes one; posts of depots \
         given are sealed to it from now on",
        r#"{"group":"指挥组","units":["T05"],"depots":["W01"]}"#,
    ),
    post(
        "/v1/groups/remove",
        Call::RemoveFromGroup,
        "单位或储备库移出密组，都不写则撤组",
        "take units or depots out of a group; none given ends it",
        r#"{"group":"指挥组","units":["T05"]}"#,
    ),
    with(
        get("/v1/orders", Call::Orders, "指令列表", "orders, newest first"),
        &[("open", "boolean")],
    ),
    post(
        "/v1/orders",
        Call::SendOrder,
        "下达指令",
        "issue an order",
        r#"{"to":"T05","class":"flash","text":"立即转移","act_by_s":1200,"need":"done"}"#,
    ),
    get("/v1/orders/{id}", Call::Order, "一条指令及回执", "one order with every receipt"),
    post(
        "/v1/orders/{id}/sign",
        Call::SignOrder,
        "签发拟稿",
        "sign a draft: from then on it is an order",
        r#"{"person":"李"}"#,
    ),
    post(
        "/v1/orders/{id}/cancel",
        Call::CancelOrder,
        "撤回指令",
        "withdraw an order",
        r#"{"reason":"情况有变","person":"李"}"#,
    ),
    post(
        "/v1/orders/{id}/receipts",
        Call::SendReceipt,
        "回执",
        "answer an order",
        r#"{"rung":"acknowledged","note":"","person":"李"}"#,
    ),
    post(
        "/v1/operator",
        Call::SetOperator,
        "换班：此后由谁签收、下令",
        "somebody else is at this device: who answers and orders from now on",
        r#"{"name":"李强"}"#,
    ),
    get("/v1/files", Call::Files, "附件列表", "attachments, newest first"),
    with(
        post("/v1/files", Call::SendFile, "附上文件(正文为文件)", "attach a file, the body", ""),
        &[
            ("name", "string"),
            ("mime", "string"),
            ("order", "string"),
            ("note", "string"),
            ("person", "string"),
        ],
    ),
    get("/v1/files/{file}", Call::OpenFile, "附件正文", "the file itself, if it is here"),
    post("/v1/files/{file}/fetch", Call::FetchFile, "取回附件", "fetch a file from peers", ""),
    get("/v1/positions", Call::Positions, "各单位最新位置", "the newest fix of every unit"),
    post(
        "/v1/positions",
        Call::ReportPosition,
        "手工报位置",
        "report a position by hand",
        r#"{"unit":"T05","point":{"lat_e7":290612000,"lon_e7":1061187000},"state":"arrived"}"#,
    ),
    with(
        get("/v1/stock", Call::Stock, "在库与在途", "on hand and in transit"),
        &[("depot", "string"), ("item", "string")],
    ),
    with(
        get("/v1/stock/items/{item}", Call::StockCard, "物资卡", "every movement of one item"),
        &[("depot", "string")],
    ),
    post(
        "/v1/stock/movements",
        Call::PostMovements,
        "出入库，一笔或多笔(全成或全不成)",
        "goods in or out, one or several (all or none)",
        r#"{"kind":"issue","depot":"D00","lines":[{"item":"R001","quantity":"4"}],"party":"T05"}"#,
    ),
    get("/v1/stock/waybills", Call::Waybills, "运单", "waybills, open ones first"),
    post(
        "/v1/stock/waybills",
        Call::ShipWaybill,
        "发货",
        "goods leave one depot for another",
        r#"{"from":"D00","to":"D01","lines":[{"item":"R001","quantity":"4"}],"carrier":"陈"}"#,
    ),
    post(
        "/v1/stock/waybills/{id}/arrive",
        Call::ArriveWaybill,
        "到货签收",
        "goods of a waybill are taken in",
        r#"{"lines":[{"item":"R001","received":"3","damaged":"1"}],"person":"刘"}"#,
    ),
    post(
        "/v1/stock/counts",
        Call::PostCount,
        "盘点",
        "a count of one depot",
        r#"{"depot":"D00","lines":[{"item":"R001","quantity":"203"}],"note":"借出未登记"}"#,
    ),
    post(
        "/v1/stock/snapshots",
        Call::SnapshotStock,
        "库存快照：把本机可记账各库的在库告知全网",
        "tell everyone what lies in the depots that this device may post for",
        r#"{"person":"刘"}"#,
    ),
    post(
        "/v1/stock/seals",
        Call::SealStock,
        "立即签名：本机待签的出入库，他处收到即计入",
        "seal now what was posted here, so that others count it as soon as it comes",
        "{}",
    ),
    with(
        get("/v1/log", Call::Log, "日志", "everything that happened, oldest first"),
        &[("after_ms", "integer"), ("limit", "integer")],
    ),
    get("/v1/outbox", Call::Outbox, "待发队列", "what waits to be sent"),
    post(
        "/v1/carry/export",
        Call::CarryExport,
        "导出携带文件",
        "a file to be carried by hand",
        r#"{"for_device":"T05"}"#,
    ),
    post(
        "/v1/carry/sheets",
        Call::CarrySheets,
        "导出为二维码文字",
        "a short bundle as texts for codes",
        r#"{"for_device":"T05","bytes_max":1000,"chars_max":114}"#,
    ),
    post(
        "/v1/carry/scan",
        Call::CarryScan,
        "拼合扫到的二维码文字，齐全即导入",
        "put scanned texts together; taken in once none lacks",
        r#"{"lines":["SDQ:04191T3CN9SP2VK4ENGPW833C5S75BVHQN5G"]}"#,
    ),
    post("/v1/carry/import", Call::CarryImport, "导入携带文件", "take in such a file", ""),
    get("/v1/village", Call::Village, "手持机与短信", "handsets and their texts"),
    post(
        "/v1/village/hear",
        Call::VillageHear,
        "按手持机来信处理(培训，或电话里念来的)",
        "take a text as if a handset had sent it",
        r#"{"number":"13800000001","text":"3 38 121"}"#,
    ),
    get("/v1/events", Call::Events, "变化流(SSE)", "changes as server-sent events"),
    get("/v1/openapi.json", Call::Openapi, "本接口的描述", "this description"),
    get("/metrics", Call::Metrics, "Prometheus 指标", "figures in Prometheus text"),
];
