//! Every limit of the system, with its reason. A list, queue or table without a line here is a bug.

/// Bytes of one record. Fits the 2 kB that the largest radio frames and BeiDou messages carry.
pub const RECORD_BYTES_MAX: usize = 2048;
/// Bytes of one record as it goes in parts: one that has no shorter form takes 4 of time and 3 that
/// tell its length besides itself (`field::air::alone`).
pub const PACKED_RECORD_BYTES_MAX: usize = RECORD_BYTES_MAX + 7;
/// Bytes of free text in an order, note or reason: 400 Chinese characters.
pub const TEXT_BYTES_MAX: usize = 1200;
/// Bytes of the text of an order template: 200 Chinese characters; with its blanks filled in it
/// stays near [`TEXT_BYTES_MAX`].
pub const TEMPLATE_BYTES_MAX: usize = 600;
/// Blanks of an order template: more is a form, not an order.
pub const FIELDS_MAX: usize = 8;
/// Bytes of a name (place, unit, person, item): 40 Chinese characters.
pub const NAME_BYTES_MAX: usize = 120;
/// Other codes of one thing of the directory: the official one, a former one, and those of the
/// systems beside us.
pub const ALIASES_MAX: usize = 8;
/// Bytes of one answer of an evacuation card, 80 Chinese characters: five of them and the rest of
/// the card stay under a record.
pub const CARD_TEXT_BYTES_MAX: usize = 240;
/// Bytes of the tables of one import, all files together: a district of 65,535 lines.
pub const TABLES_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Targets in one order's audience.
pub const AUDIENCE_MAX: usize = 64;
/// Lines of one stock movement, waybill or arrival, so that a record stays under its limit.
pub const STOCK_LINES_MAX: usize = 64;
/// Authors in one stocktake basis vector.
pub const BASIS_MAX: usize = 255;
/// Lanes in the basis of one page of a snapshot: a custodian for each of its depots, and a few that
/// wrote for others.
pub const SNAPSHOT_BASIS_MAX: usize = 1024;
/// Depots on one page of a snapshot: a district of 301 villages, if they have little.
pub const SNAPSHOT_DEPOTS_MAX: usize = 512;
/// Different items on one page; with the depots it bounds the work that a hostile page asks for.
pub const SNAPSHOT_ITEMS_MAX: usize = 1024;
/// Rows on one page: what the longest record holds if all rows are alike.
pub const SNAPSHOT_ROWS_MAX: usize = 4096;
/// Pages of one snapshot: five times the largest district, 3,103 rows on four pages.
pub const SNAPSHOT_PAGES_MAX: usize = 32;
/// Devices of one network; indexes are 2 bytes, but every table is planned for this many.
pub const DEVICES_MAX: usize = 4096;
/// Author-lanes a node keeps: devices × lanes × a few incarnations.
pub const LANES_MAX: usize = 20_000;
/// Places of a list of heads that a sketch or a delta speaks of: every device with six lanes.
pub const VECTOR_PLACES_MAX: usize = 6 * DEVICES_MAX;
/// Lists of heads that a link remembers, to understand what changed since: that of every contact
/// that was cut off at another moment, as far as it is likely.
pub const BASELINES_MAX: usize = 8;
/// Frames of one block of parity: a longer one waits longer for its last frame and saves little.
pub const PARITY_FRAMES_MAX: usize = 32;
/// Sums over one block: what the field has room for beside the frames is 224; no repair needs more
/// than each frame twice.
pub const PARITY_SUMS_MAX: usize = 64;
/// Lanes of a link of which is known how much was said there: some of each contact. Of a lane that
/// was forgotten nothing is repaired by sums.
pub const AIRED_MAX: usize = 1024;
/// Frames of a link of two that are remembered until an answer tells which of them arrived: more
/// than are ever under way at once on a radio, where a modem holds four.
pub const TRAIL_FRAMES_MAX: usize = 32;
/// Records waiting for a gap before them, per lane; the sender repeats what was dropped.
pub const PENDING_PER_LANE_MAX: usize = 128;
/// Records waiting for a gap or for their author's key, in all.
pub const PENDING_MAX: usize = 4096;
/// The last number that a record may have. Readers count the one after it, which must be a number
/// too; at a record a second it is 136 years away.
pub const SEQ_LAST: u32 = u32::MAX - 1;
/// Records of one branch of a fork, from the place where it parts to the seal that covers it: a
/// lane is sealed every 32 records, and a sender that was asked from further back sends those too.
pub const FORK_RECORDS_MAX: usize = 64;
/// Lanes whose other branch is being gathered. A fork is rare; more wait until one is decided.
pub const RIVALS_MAX: usize = 16;
/// Forks kept as proof: one for each lane of more devices than a district will lose in one flood.
pub const FORKS_MAX: usize = 256;
/// What an author's lane may fill at once, bytes with [`SHARE_RECORD_BYTES`] for each record: some
/// 3,000 orders of ordinary length.
pub const SHARE_BURST_BYTES_COMMAND: u64 = 256 * 1024;
/// The same for reports: longer, and as many.
pub const SHARE_BURST_BYTES_REPORT: u64 = 512 * 1024;
/// The same for stock: the inventory of a district, 12,000 postings from tables at once.
pub const SHARE_BURST_BYTES_STOCK: u64 = 1024 * 1024;
/// The same for the directory: a district of 50,000 entries, written anew.
pub const SHARE_BURST_BYTES_DIRECTORY: u64 = 4 * 1024 * 1024;
/// Movements of one request that are still taken while the disk has no room for bulk: the lines of
/// one delivery, not the table of a depot.
pub const ROOM_MOVEMENTS_MAX: usize = 32;
/// What a byte costs besides, ms: 5 bytes a second, 432 kB a day, are ten times what the busiest
/// desk of the largest scenario writes, and a thirtieth of a radio of 1,200 bit/s.
pub const SHARE_MS_PER_BYTE: u64 = 200;
/// What a record costs beside its bytes: its place in indexes and tables.
pub const SHARE_RECORD_BYTES: u64 = 16;
/// How far back records may have been made, days: a machine that stood in a store for a month
/// catches up without waiting. It also bounds what times that lie back can gain: 13 MB a lane.
pub const SHARE_PAST_DAYS: u64 = 31;
/// Records under one stub: what goes with it to the disk stays one batch with its seals.
pub const STUB_RECORDS_MAX: usize = 256;
/// Bytes of what a stub leaves of them, so that it is one value of the store (16 KiB) and the loss
/// of one costs no more than that.
pub const STUB_BYTES_MAX: usize = 12 * 1024;
/// Stubs made at once: what is handed to the disk in one go, and folded anew after it, twice a
/// minute at most.
pub const STUBS_AT_ONCE_MAX: usize = 16;
/// Rows of records that went to make room and are fetched again for neighbours at one time: 2 MiB
/// of records at most that wait for the rest of their row.
pub const ROWS_FETCHED_MAX: usize = 4;
/// Lanes of which one frame says that what was asked for is not here.
pub const ABSENT_LANES_MAX: usize = 16;
/// Lanes named in one revocation: four of each of eight incarnations.
pub const REVOKED_LANES_MAX: usize = 32;
/// Devices that one rekey shuts out: a fleet of rescue teams lost at once. A network that has
/// revoked more in its life is founded anew.
pub const SHUT_OUT_MAX: usize = 256;
/// Wraps of one part of a rekey, so that with everybody who is shut out it stays a record.
pub const REKEY_WRAPS_MAX: usize = 64;
/// Bytes of one part of a rekey: 64 wraps, 256 devices of two bytes, a signature, the head and two
/// former epochs.
pub const REKEY_BYTES_MAX: usize = 1_700;
/// Parts of one rekey: 512 subtrees, which [`SHUT_OUT_MAX`] of a thousand devices leave at most; a
/// device keeps them as one value.
pub const REKEY_PARTS_MAX: usize = 8;
/// Groups of one network: every agency, every depot, and staffs.
pub const GROUPS_MAX: usize = 512;
/// Units of one group.
pub const GROUP_UNITS_MAX: usize = 64;
/// Devices that one line of the directory gives the key of a group to, 17 to 19 bytes each; more
/// devices take more lines.
pub const GROUP_WRAPS_MAX: usize = 80;
/// Notes to a group that are kept of one order and author: as many as it may answer.
pub const NOTES_MAX: usize = 48;
/// Depots whose posts are sealed to one group.
pub const GROUP_DEPOTS_MAX: usize = 64;
/// A post of stock that is sealed to a group: the longest body with form and mark leaves room for
/// the head of its record and what stays readable.
pub const SEALED_STOCK_BYTES_MAX: usize = RECORD_BYTES_MAX - 16 - NAME_BYTES_MAX - 16;
/// A text that is sealed to a group: [`TEXT_BYTES_MAX`] in its shortest form, or a template with
/// all its blanks, with form and mark.
pub const SEALED_WORDS_BYTES_MAX: usize = TEXT_BYTES_MAX + 16;
/// Pieces of one notice: the longest part of a rekey in the smallest frames there are.
pub const NOTICE_PIECES_MAX: usize = 128;
/// Notices that are put together side by side: anybody can begin one.
pub const NOTICES_MAX: usize = 4;
/// Keys of former days and epochs that are kept: two days, and those of three more rekeys.
pub const FORMER_KEYS_MAX: usize = 6;
/// Days that a device may find itself behind: its shelf life in a store, from one flood season to
/// the next. A clock that is wrong by more is not followed.
pub const DAYS_AHEAD_MAX: u16 = 400;
/// Frames of one bearer: the largest datagram we send (IPv6 minimum MTU less headers).
pub const FRAME_BYTES_MAX: usize = 1200;
/// Bytes of one frame inside a carry file.
pub const CARRY_FRAME_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a carry file: 100,000 records of ordinary size.
pub const CARRY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Links one node drives.
pub const LINKS_MAX: usize = 64;
/// Answers of a link whose times are remembered: enough that one odd one does not show, few enough
/// that a change shows within minutes.
pub const LINK_ANSWERS_MAX: usize = 15;
/// Devices of one channel that were named at once and count as there; a link has as many contacts.
pub const ROLL_MAX: usize = CONTACTS_MAX;
/// Contacts remembered per link.
pub const CONTACTS_MAX: usize = 256;
/// Entries of the board: units and devices × kinds.
pub const BOARD_MAX: usize = 16_384;
/// Requests from local programs that wait for the disk.
pub const ASKS_MAX: usize = 1024;
/// Frames that are left of a start when the next one is drawn: eleven minutes at a hundred frames a
/// second, more than any disk takes to save it.
pub const COUNTERS_LEFT_MIN: u64 = 1 << 16;
/// Records of one batch on its way to the disk.
pub const BATCH_PUTS_MAX: usize = 4096;
/// Records whose fold was refused that are kept as evidence.
pub const REFUSED_MAX: usize = 1024;
/// Bytes of a body in armor: twice the longest join file.
pub const ARMOR_BYTES_MAX: usize = 1024;
/// Bytes of an armored text that is read: the longest body, with a blank beside every digit.
pub const ARMOR_TEXT_BYTES_MAX: usize = 8 * 1024;
/// Sheets of one sequence of codes: two digits, and as many as a person will page through.
pub const SHEETS_MAX: usize = 99;
/// Sequences of sheets that are put together side by side: ours, and one picked up by mistake.
pub const SHEET_SETS_MAX: usize = 4;
/// Lines of one request to put sheets together: every sheet five times.
pub const SCAN_LINES_MAX: usize = 512;
/// Bytes of a bundle that is written as sheets: more is quicker carried as a file.
pub const SHEETS_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a district code in a join file: 12 digits, as official codes have down to villages.
pub const JOIN_DISTRICT_BYTES_MAX: usize = 12;
/// Bytes of a network's name in a join file, 30 Chinese characters: keeps its text under 500 bytes.
pub const JOIN_NAME_BYTES_MAX: usize = 90;
/// Bytes that a vendor's radio gateway wants before each frame: a group number and a port take six;
/// more would eat the frame.
pub const GATEWAY_HEADER_BYTES_MAX: usize = 16;

/// Frames and errors decoded from one read of a KISS stream and not yet taken: a read of 64 KiB
/// with the smallest frames a TNC passes on.
pub const KISS_READY_MAX: usize = 4096;
/// Bytes of one BeiDou sentence: the longest message (14,000 bit as hexadecimal digits) and the
/// words around it.
pub const RDSS_SENTENCE_BYTES_MAX: usize = 4096;
/// Sentences decoded from one read of a BeiDou terminal and not yet taken: a read of 4 KiB with
/// sentences of eight bytes, shorter than any a terminal says.
pub const RDSS_READY_MAX: usize = 512;
/// Frames that wait for the slot of one card: one for each of the most links that may share it.
pub const RDSS_QUEUE_MAX: usize = 64;
/// Texts to people that wait for the slots of one bearer: three hours of a card of a minute, three
/// pieces each.
pub const RDSS_TEXTS_MAX: usize = 64;
/// Pieces of one text: the longest order, 400 Chinese characters, on a card of level 3.
pub const RDSS_TEXT_PARTS_MAX: usize = 16;
/// Terminals that one BeiDou bearer bonds: more than eight cards of a minute stand for a card of
/// another class, and no vehicle has that many antennas.
pub const RDSS_TERMINALS_MAX: usize = 8;
/// Bytes of one message on the line of a Meshtastic node (public documentation, "Client API").
pub const MESH_MESSAGE_BYTES_MAX: usize = 512;
/// Messages of a Meshtastic node decoded from one read and not yet taken: a read of 4 KiB with the
/// shortest messages.
pub const MESH_READY_MAX: usize = 1024;
/// Wishes that wait to be carried out for a Meshtastic node: two for each message of a read.
pub const MESH_OUTPUTS_MAX: usize = 2048;
/// Bytes of one Iridium message: the larger of 340 to the gateway and 270 from it (9602), with
/// room for the 1,960 of a 9522 behind the same commands.
pub const SBD_BYTES_MAX: usize = 1960;
/// Bytes of one DirectIP message: the longest payload, its header, a place, and elements to come.
pub const DIRECTIP_BYTES_MAX: usize = 2_304;
/// Bytes of one line of an Iridium modem; its longest answer has fewer than 60.
pub const SBD_LINE_BYTES_MAX: usize = 256;
/// Answers of an Iridium modem decoded from one read and not yet taken.
pub const SBD_READY_MAX: usize = 256;
/// Frames that wait for a session; the machine hands over one at a time.
pub const SBD_QUEUE_MAX: usize = 4;
/// Bytes of an attachment: a scanned plan of many pages, or a minute of video.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of the word that says what an attachment is; the longest in use have fewer than 80.
pub const MIME_BYTES_MAX: usize = 80;
/// Attachments that are listed, the newest ones: ten a day for each of 200 units over two days.
pub const FILES_MAX: usize = 4096;
/// Orders that are not here yet but were answered or withdrawn; ten times what a cut of a day
/// leaves open in the largest scenario.
pub const ORDERLESS_MAX: usize = 4096;
/// Orders whose deadline is watched; beyond that, the farthest are seen when a screen asks again.
pub const DUE_MAX: usize = 4096;
/// Digits of a telephone number: 3GPP TS 23.040 section 9.1.2.5 allows twenty.
pub const SMS_NUMBER_DIGITS_MAX: usize = 20;
/// Octets of one short message with its service centre: 12 and 164 (3GPP TS 23.040 section 9.2).
pub const SMS_TPDU_BYTES_MAX: usize = 200;
/// Bytes of one line of a modem for short messages: a message as hexadecimal digits.
pub const SMS_LINE_BYTES_MAX: usize = 512;
/// Answers of such a modem decoded from one read and not yet taken.
pub const SMS_READY_MAX: usize = 512;
/// Frames that wait for one modem: one for each of the most links that may share it.
pub const SMS_FRAMES_MAX: usize = 64;
/// Parts of texts that wait for one modem: an order to fifty handsets of three parts each.
pub const SMS_TEXTS_MAX: usize = 256;
/// Parts of one text: 400 Chinese characters, the longest order, take six.
pub const SMS_TEXT_PARTS_MAX: usize = 7;
/// Parts sent whose report is awaited; of more, the oldest are told of no more.
pub const SMS_REPORTS_MAX: usize = 256;
/// Handsets of one gateway: A and B of each of 301 villages and their groups, with room.
pub const VILLAGE_HANDSETS_MAX: usize = 2048;
/// Steps of one ladder of texts.
pub const VILLAGE_STEPS_MAX: usize = 8;
/// Texts to handsets that a gateway remembers having made, newest first: a day of fifty orders to
/// a hundred handsets.
pub const VILLAGE_TEXTED_MAX: usize = 8192;
/// Texts and wishes of a gateway that are not done yet; beyond, the oldest is given up and logged.
pub const VILLAGE_WAITING_MAX: usize = 1024;
/// Lines of a gateway's log of texts.
pub const VILLAGE_LOG_MAX: usize = 500;
