//! Texts of the command line: headings, sentences, errors with their remedies.

use super::texts;

texts! {
    /// Texts of the command line.
    CommandTexts {
        no_daemon: "守护进程没有运行，或不在这里监听：{}。请启动 sanduand --config FILE，或用 --socket 指明位置。"
            | "The daemon is not running, or not listening here: {}. Start sanduand --config \
              FILE, or name its socket with --socket.",
        no_daemon_short: "守护进程没有运行，请启动 sanduand。" | "The daemon is not running; start sanduand.",
        no_right: "没有权限使用 {}。请把本用户加入守护进程所在的用户组，或用该用户运行。"
            | "No right to use {}. Add this user to the daemon's group, or run as its user.",
        silent: "守护进程 {} 秒没有答复，可能磁盘很慢或已停滞。请查看它的日志后重试。"
            | "The daemon did not answer within {} s; its disk may be slow or it may hang. \
              Look at its log and try again.",
        broken: "与守护进程的连接中断：{}。不清楚是否已保存，请先查看再重发。"
            | "The connection to the daemon broke: {}. It is not known whether it was saved; \
              look before you send again.",
        bad_answer: "答复无法读懂：{}。请检查两个程序的版本是否一致。"
            | "The answer cannot be read: {}. Check that both programs have the same version.",
        error: "错误：" | "error: ",
        unexpected: "答复与所问不符。请检查两个程序的版本是否一致。"
            | "The answer does not fit the question. Check that both programs have the same \
              version.",
        needs_terminal: "控制台需要终端；脚本请用子命令，见 sanduan --help。"
            | "The console needs a terminal; for scripts use a subcommand, see sanduan --help.",
        drill_banner: "【演练】以下内容全部为演练" | "[DRILL] everything below is a drill",
        unsaved_banner: "【未保存】磁盘拒绝写入，新内容不被接受：{}"
            | "[UNSAVED] the disk refuses to save, nothing new is accepted: {}",
        forked: "【一机两说】{}（终端 {}）{} 记录第 {} 条起有两个版本，均不采信。请电话核实，停用该终端。"
            | "[TWO STORIES] {} (device {}) wrote two versions of {} from record {}; neither \
               counts. Ask them by voice and take the device out of use.",
        forked_here: "【本机密钥重复】{}（本机 {}）{} 第 {} 条起不被采信。请用电台报告，并以新终端入网。"
            | "[OUR KEY IS USED TWICE] {} (this device {}), {} from record {}: nobody accepts what \
               we write. Report by voice, and join again as a new device.",
        twin: "【疑似双机】{}（终端 {}）可能有两台机器在用，{}前还听到。请电话核实，停用一台。"
            | "[RUNNING TWICE] {} (device {}) may be two machines, last heard {} ago. Ask by \
               voice; take one of them out of use.",
        twin_here: "【疑似双机】另有机器用 {} 的本机编号（终端 {}），{}前还听到。两台只留一台，另一台关机。"
            | "[RUNNING TWICE] another machine speaks as {}, this device {}, last heard {} ago. \
               Keep one of the two, switch the other off.",
        over_share: "【超量】{}（终端 {}）{} 记录过多，超出部分暂缓接收，已拒 {} 条。请电话核实。"
            | "[OVER ITS SHARE] {} (device {}) writes too much of {}; what is beyond is taken \
               later, {} refused so far. Ask them by voice.",
        clock_ahead: "【时钟异常】{}（终端 {}）比本机快 {}。请核对两机时钟。"
            | "[CLOCK] {} (device {}) is {} ahead of this machine. Check both clocks.",
        none: "没有。" | "None.",
        no_operator: "还没有写明值班员。写明：sanduan operator 姓名"
            | "Nobody is named. To name somebody: sanduan operator NAME",
        help_usage: "用法：" | "Usage: ",
        help_commands: "命令：" | "Commands:",
        help_words: "参数：" | "Arguments:",
        help_options: "选项：" | "Options:",
        help_examples: "例：" | "Examples:",
        help_help: "显示这些说明" | "Print this help",
        help_version: "显示版本号" | "Print the version",
        help_each: "各命令的写法和例子：{} <命令> --help" | "How each goes: {} <COMMAND> --help",
        help_one_of: "：" | ": ",
        help_if_absent: "（缺省 {}）" | " [default: {}]",
        help_of_all: "--lang、--json、--socket、--ascii 各命令通用，见 sanduan --help。"
            | "--lang, --json, --socket and --ascii go with every command: see sanduan --help.",
        no_chapter: "手册中没有这一节。各节：{}" | "No chapter has that word in its title. Chapters: {}",
        yes: "是" | "yes",
        no: "否" | "no",
        never: "从未" | "never",
        saved: "已保存 {}" | "saved {}",
        drafted_by: "拟稿：{}" | "drafted by: {}",
        sign_next: "尚未签发，不是指令；签发：sanduan order sign {}"
            | "not signed, so no order yet; to sign it: sanduan order sign {}",
        signed: "已签发 {}，自现在起为正式指令。" | "{} is signed: it is an order from now on.",
        after_signature: "签发后 {}" | "{} from the signature on",
        receipt_late: "注意：指令 {} 已撤回，这份回执只作记录。"
            | "Note: {} is withdrawn; this receipt is kept as a record only.",
        receipt_expired: "注意：指令 {} 已过有效期，这份回执只作记录。"
            | "Note: {} has expired; this receipt is kept as a record only.",
        receipt_not_owed: "注意：{}不在应答单位之列，这份回执不算应答；代签请加 --unit 和 --proxy。"
            | "Note: {} owes no answer; this receipt answers for nobody. For another unit add \
               --unit and --proxy.",
        below_zero: "注意：{} 的 {} 在库变为 {}，已记为超发。如是误录，请盘点更正。"
            | "Note: {} now has {} {} on hand, noted as over-issued. If that is a slip, correct it \
               with a count.",
        saved_board: "已保存" | "saved",
        saved_many: "已保存 {} 条记录" | "saved {} records",
        sealed_now: "已签名 {} 条，他处收到即计入" | "sealed {} records; others count them as they come",
        nothing_to_seal: "没有待签的记录" | "nothing waits for a seal",

        network: "网络" | "network",
        own_unit: "本单位" | "own unit",
        device: "设备" | "device",
        roles: "权限" | "roles",
        no_roles_yet: "未知：名录还没有收到，请先连通任何一台已入网的设备，或导入带报文件"
            | "unknown: the directory has not arrived; reach any device of the network, or import \
               a carry file",
        records: "记录" | "records",
        records_line: "{} 条，未验 {}，不予采信 {}" | "{}, unverified {}, refused {}",
        digest: "摘要" | "digest",
        board_digest: "位置摘要" | "board digest",
        open_orders: "未结指令" | "open orders",
        unanswered_here: "待我回执" | "unanswered here",
        outbox: "待发" | "waiting to send",
        uptime: "已运行" | "up for",
        version: "版本" | "version",
        saving: "保存" | "saving",
        saving_ok: "正常" | "works",

        link: "链路" | "link",
        kind: "种类" | "kind",
        state: "状态" | "state",
        rate: "速率bit/s" | "bit/s",
        signal: "信号" | "signal",
        answer: "应答" | "answer",
        loss: "丢失" | "loss",
        queue: "待发" | "queue",
        last_heard: "最近收到" | "last heard",
        last_sent: "最近发出" | "last sent",
        target: "地址" | "target",
        dropped: "丢弃" | "dropped",
        reload_same: "配置与运行中的一致，承载未变。" | "The configuration is what runs already.",
        reload_started: "新启动：" | "started: ",
        reload_changed: "已更换：" | "changed: ",
        reload_ended: "已停止：" | "ended: ",
        reload_unchanged: "未改动：" | "unchanged: ",
        reload_needs_restart: "[node] 中须重启守护进程才生效："
            | "in [node], needs a restart of the daemon: ",
        reload_checked: "以上只是检查，尚未改动；生效请运行 sanduan bearers reload。"
            | "This was only checked; to do it, run: sanduan bearers reload",
        list_comma: "、" | ", ",
        list_pause: "；" | "; ",

        unit: "单位" | "unit",
        in_step: "一致" | "in step",
        lacks: "尚缺" | "lacks",
        urgency: "等级" | "urgency",
        what: "内容" | "what",
        span: "记录号" | "records",
        bytes: "字节" | "bytes",
        why: "为何等待、何时发出" | "why it waits, when it goes",

        number: "序号" | "number",
        class: "等级" | "class",
        text: "内容" | "text",
        to: "去向" | "to",
        from: "发自" | "from",
        delivered: "送达" | "delivered",
        acknowledged: "签收" | "ack'd",
        done: "落实" | "done",
        refused: "不能" | "cannot",
        time_limit: "时限" | "act by",
        valid_for: "有效期" | "valid",
        valid_until: "有效至" | "valid until",
        age: "多久前" | "age",
        issued: "签发" | "issued",
        issued_line: "{} {}，{}前" | "{} {}, {} ago",
        need: "要求" | "wanted",
        addressee: "应答单位" | "addressee",
        rung: "回执" | "receipt",
        person: "姓名" | "person",
        by_proxy: "代签" | "by proxy",
        note: "说明" | "note",
        typed_by: "录入" | "typed by",
        no_answer: "未应答" | "no answer",
        delivered_only: "已送达，未应答" | "delivered, no answer",
        withdrawn_because: "已撤回：{}" | "withdrawn: {}",
        receipts: "全部回执" | "all receipts",

        turn: "次序" | "turn",
        handset_number: "号码" | "handset",
        by_means: "手段" | "means",
        texted_at: "时间" | "at",
        gateway_place: "本机第几" | "our place",
        listens_only: "只收" | "listens",
        to_confirm: "待确认" | "to confirm",

        position: "位置" | "position",
        source: "来源" | "source",
        speed: "速度" | "speed",
        battery: "电量" | "battery",
        sparing: "省电：本机位置每10分钟一报" | "sparing: own position every 10 min",
        links_up: "可用手段" | "links up",
        said: "自报于" | "said",
        bad_point: "经纬度超出范围：纬度 -90 至 90,经度 -180 至 180 (CGCS2000)。"
            | "The point is off the globe: latitude -90 to 90, longitude -180 to 180 (CGCS2000).",

        depot: "储备库" | "depot",
        item: "品名" | "item",
        code: "编码" | "code",
        blanks: "空格" | "blanks",
        no_templates: "通讯录里没有指令模板。" | "The directory has no order templates.",
        on_hand: "在库" | "on hand",
        inbound: "在途入" | "inbound",
        outbound: "在途出" | "outbound",
        provisional: "未验" | "unverified",
        counted: "盘点" | "counted",
        difference: "差异" | "difference",
        over_issued: "超发" | "over-issued",
        look: "待核 {}" | "look at {}",
        told_by: "据{}快照,{}前" | "as {} told {} ago",
        event: "事项" | "event",
        change: "增减" | "change",
        balance: "结存" | "balance",
        carrier: "承运" | "carrier",
        due: "应收" | "due",
        received: "实收" | "received",
        damaged: "破损" | "damaged",
        short: "短少" | "short",
        shipped: "发运" | "shipped",
        eta: "预计到达" | "due in",
        arrived: "到货" | "arrived",
        import_done: "已导入 {} 行，{} 个储备库，{} 条记录。" | "Imported {} lines, {} depots, {} records.",
        import_nothing: "没有导入任何内容。" | "Nothing was imported.",
        csv_unreadable: "读不了（{}）。" | "It cannot be read ({}).",
        csv_no_column: "第 1 行缺少列 “{}”。表头应为 depot,item,quantity。"
            | "Line 1 lacks the column \"{}\". The header is depot,item,quantity.",
        csv_broken: "第 {} 行不是合法的 CSV: {}。请检查引号和列数。"
            | "Line {} is not valid CSV: {}. Check quotes and the number of columns.",
        csv_depot: "第 {} 行，列 depot: 名录中没有储备库 “{}”。已知：{}"
            | "Line {}, column depot: the directory has no depot \"{}\". Known: {}",
        csv_item: "第 {} 行，列 item: 名录中没有物资 “{}”。相近：{}"
            | "Line {}, column item: the directory has no item \"{}\". Near: {}",
        csv_ambiguous: "第 {} 行，列 {}：“{}” 对应多个条目，请改用编码：{}"
            | "Line {}, column {}: \"{}\" fits several entries, use the code: {}",
        csv_quantity: "第 {} 行，列 quantity: “{}” 不是大于零、最多三位小数的数。"
            | "Line {}, column quantity: \"{}\" is not a number above zero with at most three \
              decimals.",
        csv_twice: "第 {} 行：{} 的 {} 在第 {} 行已出现。请合并为一行。"
            | "Line {}: {} already has {} on line {}. Join them into one line.",
        csv_empty: "{} 中没有数据行。" | "{} has no lines.",
        csv_too_many: "{} 行太多；一次最多 {} 行，请分成几个文件。"
            | "{} lines are too many; at most {} at once, split the file.",

        exported: "已写入 {}：{} 条记录，{} 字节。" | "Wrote {}: {} records, {} bytes.",
        taken: "新记录 {} 条，已有 {} 条。" | "{} new records, {} known already.",
        not_taken: "未采用 {}：{}" | "not taken, {}: {}",
        file_unreadable: "读不了 {}：{}" | "Cannot read {}: {}",
        file_unwritable: "写不了 {}：{}" | "Cannot write {}: {}",
        file_too_long: "{} 太大，最多 {} 字节。" | "{} is too long, at most {} bytes.",
        working: "守护进程正在核验，用时 {} 秒" | "the daemon is checking, {} s",
        log_title: "三断 值班日志  {}  {}" | "sanduan log  {}  {}",
        log_head: "本单位 {}  设备 {}  导出 {}  摘要 {}"
            | "own unit {}  device {}  exported {}  digest {}",
        log_end: "共 {} 行" | "{} lines",
        lost: "与守护进程的连接中断，正在重连：{}" | "Lost the daemon, trying again: {}",
        no_sibling: "找不到程序 sanduand (应与 sanduan 同目录，或在 PATH 中): {}"
            | "Cannot find the program sanduand (beside sanduan, or in PATH): {}",
        revoked: "已吊销终端 {}：此前所写仍有效，此后所写一律不采信；全网已开始换用新密钥，未听到的\
                  机器换钥前所发它仍听得到。最后写了什么、哪些不采信：sanduan device show {}"
            | "Device {} is revoked: what it wrote before counts, what it writes from now on \
               counts nowhere. All others change keys; it still understands those who have not \
               heard of it. What it wrote last, and what is disowned: sanduan device show {}",
        admitted: "已接纳设备 {}，入网文件已写入 {}。\n核对词：{}\n\
                   与对方念的一致才交出入网文件；不一致就删掉它，并在授权机上运行 \
                   sanduan device revoke {}。"
            | "Admitted device {}; its join file is {}.\nCheck words: {}\n\
               Hand the file over only if they are what was read aloud; else delete it and run \
               `sanduan device revoke {}` on the authority's machine.",
    }
}
