//! Texts of the console: screens, forms, banners, reasons why a key does nothing.

use super::texts;

texts! {
    /// Texts of the console.
    ConsoleTexts {
        alert: "叫应" | "Alerts",
        orders: "指令" | "Orders",
        track: "位置" | "Positions",
        stock: "物资" | "Stock",
        report: "报告" | "Reports",
        links: "链路" | "Links",
        journal: "日志" | "Log",

        connecting: "正在连接守护进程" | "connecting to the daemon",
        disconnected: "【断开 {}，以下是断开前的内容】{}"
            | "[DISCONNECTED {}, what you see is from before] {}",
        unsaved: "【未保存】新内容不被接受：{}" | "[UNSAVED] nothing new is accepted: {}",
        forked: "【一机两说】{}（终端 {}）{} 记录第 {} 条起有两个版本，均不采信。\
                 请电话核实，停用该终端"
            | "[TWO STORIES] {} (device {}) wrote two versions of {} from record {}; neither \
               counts. Ask them by voice, take the device out of use",
        forked_here: "【本机密钥重复】{}（本机 {}）{} 第 {} 条起不被采信。请用电台报告并重新入网"
            | "[OUR KEY IS USED TWICE] {} (this device {}), {} from record {}: nobody accepts \
               what we write. Report by voice and join again",
        twin: "【疑似双机】{}（终端 {}）可能有两台机器在用，{}前还听到，请电话核实"
            | "[RUNNING TWICE] {} (device {}) may be two machines, heard {} ago; ask by voice",
        twin_here: "【疑似双机】另有机器用 {} 的本机编号（终端 {}），{}前还听到；两台只留一台，另一台关机"
            | "[RUNNING TWICE] another machine speaks as {} (device {}), heard {} ago; \
               keep one of the two, switch the other off",
        over_share: "【超量】{}（终端 {}）{}过多，请电话核实；超出部分暂缓，已拒 {} 条"
            | "[OVER ITS SHARE] {} (device {}), {}: ask by voice; {} held back",
        clock_ahead: "【时钟异常】{}（终端 {}）比本机快 {}。请核对两机时钟"
            | "[CLOCK] {} (device {}) is {} ahead of this machine. Check both clocks",
        drill: "【演练】本网络为演练，屏上内容全部为演练"
            | "[DRILL] this is a drill network; everything on the screen is a drill",
        waiting: "待发 {}" | "to send {}",
        owed: "待我回执 {}  " | "we owe {}  ",
        to_sign: "待签发 {}  " | "to sign {}  ",
        calls_us: "【新{}】{} {} {}" | "[NEW {}] {} {} {}",
        calls_expired: "【已过期】{} {}，不再执行" | "[EXPIRED] {} {}: do not act upon it",
        calls_off: "【已撤回】{} {}：{}" | "[WITHDRAWN] {} {}: {}",
        no_rows: "没有。" | "None.",
        no_rows_fit: "没有一行符合筛选“{}”；按 Esc 看全部。"
            | "No row fits the filter \"{}\"; Esc shows all.",
        loading: "读取中" | "loading",
        filter: "筛选：{}" | "filter: {}",
        place_of: "{}/{}" | "{}/{}",

        number: "序号" | "No.",
        class: "等级" | "class",
        state: "状态" | "state",
        text: "内容" | "text",
        to: "去向" | "to",
        counts: "达/签/落/共" | "dlv/ack/dn/of",
        limit: "时限" | "act by",
        only_open: "只看未结" | "open only",
        all_orders: "全部" | "all",
        title_orders: "{} 条，未结 {}，超时 {}" | "{}, open {}, overdue {}",
        title_alerts: "{} 条，待我回执 {}" | "{}, unanswered here {}",
        detail_head: "{} 签发 {}，{}前" | "{} issued {}, {} ago",
        draft_head: "{} 拟稿 {}，{}前，尚未签发" | "{} drafted {}, {} ago, not signed yet",
        sign_here: "按 s 签发" | "s signs it",
        sign_elsewhere: "等候签发" | "waits for a signature",
        limit_after: "签发后 {} 内应答" | "answer within {} of the signature",
        valid_after: "签发后 {} 内有效" | "valid for {} once signed",
        wanted: "要求{}" | "wants {}",
        answer_line: "{} {}" | "{} {}",
        no_answer: "未应答" | "no answer",
        delivered_only: "已送达，未应答" | "delivered, no answer",
        by_proxy: "{}代签" | "by {}",
        valid_until: "有效至 {}" | "valid until {}",
        cancelled_line: "已撤回：{}" | "withdrawn: {}",
        receipts_head: "全部回执" | "All receipts",
        typed_by: "{}录入" | "typed by {}",
        more_answers: "  另有 {} 个单位（未应答 {}），按 Enter 看全部"
            | "  more units: {} (without answer: {}); Enter shows all",
        answer_here: "待本单位回执" | "we owe an answer",

        unit: "单位" | "unit",
        age: "多久前" | "age",
        time: "时间" | "time",
        bearing: "方位" | "bearing",
        distance: "距离" | "dist.",
        coordinates: "纬度,经度" | "lat,lon",
        speed: "速度" | "speed",
        battery: "电量" | "batt.",
        title_track: "{} 个，自 {} 起算" | "{}, measured from {}",
        title_track_bare: "{} 个，按 c 选起点后显示方位和距离" | "{}; c chooses where distances begin",
        map_scale: "网格 {}，上为北" | "grid {}, north is up",
        map_centre: "以 {} 为中心" | "around {}",
        map_outside: "未画出 {} 个" | "not drawn: {}",
        old: "旧{}" | "old {}",
        map_empty: "没有可画的位置。" | "No position to draw.",
        measure_from: "从哪里量起" | "Measure from",

        depot: "储备库" | "depot",
        item: "品名" | "item",
        on_hand: "在库" | "on hand",
        inbound: "在途入" | "inbound",
        outbound: "在途出" | "outbound",
        unverified: "未验" | "unver.",
        counted: "盘点" | "counted",
        difference: "差异" | "diff.",
        remarks: "备注" | "remarks",
        over_issued: "超发" | "over-issued",
        look: "待核{}" | "look at {}",
        told: "快照{}" | "told {}",
        is_over_issued: "超发：账上出的比收的多，请盘点"
            | "over-issued: more went out than came in on paper; count it",
        is_told: "据{}{}前的快照，逐笔记录尚未到齐"
            | "by the word of {}, {} ago; the records themselves are not all here",
        is_look: "盘点时有 {} 笔出入说不清先后，请按 Enter 看物资卡核对"
            | "movements around the count whose order is unclear: {}; Enter shows the card",
        is_found: "上次盘点差异 {} {}" | "found by the last count: {} {}",
        never: "从未" | "never",
        title_stock: "在库 {} 行，在途 {} 单" | "rows {}, waybills in transit {}",
        title_waybills: "运单 {} 张，在途 {}" | "waybills {}, in transit {}",
        from: "发自" | "from",
        goods: "货物" | "goods",
        carrier: "承运" | "carrier",
        due_in: "到达" | "due",
        arrived_ago: "{}前到" | "{} ago",
        goods_line: "{} 应收{} 实收{} 破损{} 短少{}" | "{} due {} received {} damaged {} short {}",
        card_title: "物资卡 {}" | "Stock card {}",
        event: "事项" | "event",
        change: "增减" | "change",
        balance: "结存" | "balance",
        person: "姓名" | "person",
        note: "说明" | "note",

        link: "链路" | "link",
        kind: "种类" | "kind",
        signal: "信号" | "signal",
        answer: "应答" | "answer",
        today: "今日" | "today",
        loss: "丢失" | "loss",
        queue: "待发" | "queue",
        last_heard: "最近收到" | "last heard",
        last: "收到" | "last",
        target: "地址" | "target",
        in_step: "是否一致" | "in step",
        yes: "一致" | "yes",
        lacks: "缺 {} 条" | "lacks {}",
        dropped: "丢弃 {}" | "dropped {}",
        title_links: "{} 条链路，听到 {} 台设备，待发 {}" | "links {}, devices heard {}, to send {}",
        no_bearers: "没有启用任何承载，本机收发不了：在配置文件 sanduan.toml 中启用一种 [[bearer]]，\
                     再运行 sanduan bearers reload；在此之前用 carry 人工带报。"
            | "No bearer is named, so nothing is sent or heard: name one in sanduan.toml \
               ([[bearer]]), then run `sanduan bearers reload`; until then carry by hand.",
        peers_head: "听到的设备" | "Devices heard",
        outbox_head: "待发队列" | "Waiting to send",
        bytes: "{}字节" | "{} bytes",

        about: "关于" | "about",
        title_log: "{} 行，新的在上" | "lines {}, newest first",
        report_not_yet: "报告（首报、续报、七情、转移、安置点）不在这一版本中。\
            请暂用指令中的“通报”，或按原有渠道上报。"
            | "Reports (first, follow-up, seven situations, shelters) are not in this version. \
               Use an order of the kind \"update\", or your usual channel.",

        saved: "已保存 {}" | "saved {}",
        saved_board: "已保存" | "saved",
        saving: "正在保存" | "saving",
        busy: "请求太多，请稍候再试。" | "Too many requests wait; try again.",
        key_unknown: "{} 在这里没有作用；按 ? 看按键。" | "{} does nothing here; ? lists the keys.",
        key_go: "g 后按 1 至 7 换屏" | "g, then 1 to 7 for a screen",
        why_no_order: "没有选中的指令。" | "No order is selected.",
        why_cancelled: "已撤回，不再答复。" | "It is withdrawn; there is nothing to answer.",
        why_not_owed: "本单位不在应答之列；代签请按 p。"
            | "Our unit owes no answer to it; for another unit press p.",
        why_no_waybill: "到货要先选中一张在途运单（Tab 换到运单）。"
            | "For an arrival select a waybill in transit first (Tab shows waybills).",
        why_no_stock: "没有选中的物资。" | "No item is selected.",
        why_no_map: "现在是表格；按 m 看地图。" | "This is the table; m shows the map.",
        why_no_places: "名录中没有可用的地点。" | "The directory has no place to use.",
        why_cut: "与守护进程断开，现在不能保存。" | "Cut off from the daemon; nothing can be saved now.",
        last_escape: "草稿未保存；再按一次 Esc 放弃。" | "The draft is not saved; Esc again drops it.",

        new_order: "下达指令" | "New order",
        new_alert: "发出叫应" | "New alert",
        new_plea: "求助（本机无权下令；拟稿按 d）" | "A plea for help (no orders from here; d drafts)",
        new_draft: "拟稿（签发之前不是指令）" | "Draft (no order before it is signed)",
        operator_title: "换班：此后由谁签收、下令" | "Who answers and orders from now on",
        sign_title: "签发 {}" | "Sign {}",
        signed: "已签发 {}，自现在起为正式指令。" | "{} is signed: it is an order from now on.",
        drafted_by: "拟稿 {}" | "drafted by {}",
        why_may_not_issue: "本机只转送，不下令也不求助；请换一台终端。"
            | "This machine only carries for others; orders and pleas go from another one.",
        why_may_not_draft: "本机无权下令，也无权拟稿；请联系授权机。"
            | "This machine may neither issue orders nor draft them; ask the authority.",
        why_may_not_sign: "本机无权签发；请有权者在其机器上签发。"
            | "This machine may not sign; somebody who may signs on their own machine.",
        why_not_draft: "这不是待签发的拟稿。" | "This is no draft that waits for a signature.",
        why_draft: "拟稿尚未签发，不用答复；签发请按 s。"
            | "It is a draft that nobody has signed; s signs it.",
        answer_title: "回执 {}：{}" | "Answer {}: {}",
        proxy_title: "代签 {}" | "Answer {} by proxy",
        cancel_title: "撤回 {}" | "Withdraw {}",
        confirm_cancel: "确认撤回 {}？所有人都会看到它已撤回，不能恢复。"
            | "Withdraw {}? All units will be told, and it cannot be restored.",
        confirm_keys: "1 确认撤回   0 返回" | "1 withdraw   0 back",
        ship_title: "发运（开运单）" | "Ship (opens a waybill)",
        arrive_title: "到货签收 {}" | "Take in waybill {}",
        count_title: "盘点" | "Count",
        fix_title: "报位置 (CGCS2000)" | "Report a position (CGCS2000)",
        search_title: "筛选（留空为全部）" | "Filter (empty shows all)",
        help_title: "按键" | "Keys",

        f_to: "去向" | "to",
        f_kind: "种类" | "kind",
        f_class: "等级" | "class",
        f_need: "要求" | "wanted",
        f_act_by: "时限" | "act by",
        f_group: "密组" | "sealed to",
        f_expires: "有效期" | "valid for",
        f_text: "内容" | "text",
        f_blank: "空" | "blank",
        f_person: "姓名" | "person",
        f_rung: "回执" | "answer",
        f_unit: "单位" | "unit",
        f_means: "方式" | "means",
        f_note: "说明" | "note",
        f_reason: "原因" | "reason",
        f_depot: "储备库" | "depot",
        f_from: "发出库" | "from depot",
        f_to_depot: "到达库" | "to depot",
        f_lines: "物资=数量" | "item=qty",
        f_damaged: "其中破损" | "damaged",
        f_party: "来源去向" | "party",
        f_carrier: "承运车牌" | "carrier",
        f_eta: "多久到达" | "due in",
        f_lat: "纬度" | "latitude",
        f_lon: "经度" | "longitude",
        f_state: "状态" | "state",
        f_search: "筛选" | "filter",

        hint_number: "整数" | "a whole number",
        hint_name: "名称、编码或拼音首字母，再按 Tab" | "name, code or first letters of the pinyin, then Tab",
        hint_text: "模板：键入编码（如 M02）后按 Tab" | "a template: type its code (such as M02), then Tab",
        hint_to: "单位、地点名称或编码，逗号分隔；全体为 all" | "units or places, commas between; all for all",
        hint_span: "如 20m、2h、90s" | "such as 20m, 2h, 90s",
        hint_expires: "如 2h；过后不再执行，空着即一直有效"
            | "such as 2h; not acted upon after that; empty: for good",
        hint_lines: "如 E004=20 E012=5" | "such as E004=20 E012=5",
        hint_arrive: "留空为全部足额" | "empty: all of it, sound",
        hint_choice: "左右键或数字选择" | "left, right or a digit",
        hint_form: "Enter 下一项/保存  Ctrl-S 保存  Tab 补全  Esc 返回"
            | "Enter next/save  Ctrl-S save  Tab complete  Esc back",
        bad_empty: "请填写：{}" | "Please fill in: {}",
        bad_span: "{} 写成 20m、2h、90s。" | "Write {} as 20m, 2h, 90s.",
        bad_lines: "{} 写成 E004=20，多项用空格分开。" | "Write {} as E004=20, blanks between.",
        bad_point: "纬度 -90 至 90，经度 -180 至 180。" | "Latitude -90 to 90, longitude -180 to 180.",
        bad_reason: "不能执行或未能落实时请写明原因。" | "Say why it cannot be or was not done.",
        too_small: "窗口太小：至少 60 列 16 行。" | "The window is too small: 60 by 16 at least.",
    }
}
