BEGIN TRANSACTION;
CREATE TABLE accounts (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	user TEXT NOT NULL, 
	name TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	reminders INTEGER NOT NULL, mention INTEGER DEFAULT '0' NOT NULL, closed_at INTEGER, gone_at INTEGER, handle TEXT DEFAULT '' NOT NULL, asked_at INTEGER DEFAULT '0' NOT NULL, lost TEXT, 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT fk_accounts_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT uq_accounts_platform_workspace_user UNIQUE (platform, workspace, user)
)
 STRICT

;
INSERT INTO "accounts" VALUES(1,1,'local','playground','moderator','Sample Moderator','Europe/Berlin',1,0,NULL,NULL,'moderator',1799740800000,NULL);
INSERT INTO "accounts" VALUES(2,2,'local','playground','member-1','Sample Member 1','Europe/Berlin',1,0,NULL,NULL,'member-1',1799740800000,NULL);
INSERT INTO "accounts" VALUES(3,3,'local','playground','member-2','Sample Member 2','Europe/Berlin',1,1,1799740800000,NULL,'member-2',1799740800000,NULL);
INSERT INTO "accounts" VALUES(4,4,'local','playground','member-3','Sample Member 3','Europe/Berlin',1,0,NULL,NULL,'member-3',1799740800000,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('51d7c2e8a40f');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	member_id INTEGER, 
	at INTEGER NOT NULL, 
	"by" TEXT NOT NULL, 
	by_name TEXT NOT NULL, 
	action TEXT NOT NULL, 
	round INTEGER, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT fk_audit_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_audit_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "audit" VALUES(1,1,NULL,1798804800000,'moderator','Sample Moderator','created',NULL,'');
INSERT INTO "audit" VALUES(2,1,3,1799053200000,'moderator','Sample Moderator','excused',1,'In hospital');
INSERT INTO "audit" VALUES(3,1,NULL,1799740800000,'moderator','Sample Moderator','skipped',3,'');
INSERT INTO "audit" VALUES(4,1,NULL,1799740800000,'moderator','Sample Moderator','room added',NULL,'local playground channel:study-hall');
CREATE TABLE breaks (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	first TEXT NOT NULL, 
	last TEXT NOT NULL, 
	CONSTRAINT pk_breaks PRIMARY KEY (id), 
	CONSTRAINT fk_breaks_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "breaks" VALUES(1,3,'2027-03-01','2027-03-14');
CREATE TABLE checkin_edits (
	id INTEGER NOT NULL, 
	checkin_id INTEGER NOT NULL, 
	replaced_at INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_checkin_edits PRIMARY KEY (id), 
	CONSTRAINT fk_checkin_edits_checkin_id FOREIGN KEY(checkin_id) REFERENCES checkins (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "checkin_edits" VALUES(1,1,1799053200000,'{"tasks": "[[\"Put the study hours of four weeks into your calendar\", true], [\"Enrol and finish module 1 of the first course\", false], [\"Open the learning repository with a five-line README\", false], [\"Follow two researchers and say why, one line each\", false]]", "done": "Read it", "blockers": "No GPU", "next_step": "Tuesday at 7", "share_thread": 1, "share_blocker": 0}');
CREATE TABLE checkins (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	week INTEGER NOT NULL, 
	filed_at INTEGER NOT NULL, 
	edited_at INTEGER, 
	tasks TEXT NOT NULL, 
	done TEXT NOT NULL, 
	blockers TEXT NOT NULL, 
	next_step TEXT NOT NULL, 
	share_thread INTEGER NOT NULL, 
	share_blocker INTEGER NOT NULL, 
	CONSTRAINT pk_checkins PRIMARY KEY (id), 
	CONSTRAINT fk_checkins_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE, 
	CONSTRAINT uq_checkins_member_id_round UNIQUE (member_id, round)
)
 STRICT

;
INSERT INTO "checkins" VALUES(1,1,1,1,1799053200000,1799053200000,'[["Put the study hours of four weeks into your calendar", true], ["Enrol and finish module 1 of the first course", false], ["Open the learning repository with a five-line README", false], ["Follow two researchers and say why, one line each", false]]','Read it twice','No GPU','Tuesday at 7',1,0);
CREATE TABLE codes (
	digest TEXT NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	expires INTEGER NOT NULL, 
	CONSTRAINT pk_codes PRIMARY KEY (digest), 
	CONSTRAINT fk_codes_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "codes" VALUES('a7fb1821b0bc9718966474bd9774fb37e7a83f56',1,'room','local:moderator',1799827200000);
CREATE TABLE "cohorts" (
	id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	programme TEXT NOT NULL, 
	start TEXT NOT NULL, 
	at TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	creator TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	archived_at INTEGER, 
	planned_until INTEGER NOT NULL, 
	next_due INTEGER NOT NULL, 
	moderators_channel TEXT, 
	CONSTRAINT pk_cohorts PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "cohorts" VALUES(1,'local','playground','AI 2027','ai 2027','backend-developer-to-ai-professor','2027-01-04','09:00','Europe/Berlin','moderator',1798804800000,NULL,1799740830000,1799744400000,NULL);
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	room_id INTEGER, 
	account_id INTEGER, 
	member_id INTEGER, 
	round INTEGER, 
	in_thread INTEGER NOT NULL, 
	args TEXT NOT NULL, 
	due INTEGER NOT NULL, 
	expires INTEGER, 
	lane TEXT NOT NULL, 
	mark TEXT NOT NULL, 
	state TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	first_try INTEGER, 
	message_id TEXT, 
	channel TEXT, 
	thread TEXT, 
	reason TEXT, 
	updated INTEGER NOT NULL, job_id INTEGER, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('ready', 'sending', 'sent', 'unknown', 'parked', 'skipped')), 
	CONSTRAINT ck_deliveries_target CHECK ((room_id IS NULL) <> (account_id IS NULL)), 
	CONSTRAINT fk_deliveries_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_room_id FOREIGN KEY(room_id) REFERENCES rooms (id) ON DELETE CASCADE, 
	CONSTRAINT uq_deliveries_key UNIQUE ("key")
)
 STRICT

;
INSERT INTO "deliveries" VALUES(1,'join-card:1:1','join-card','local',1,1,NULL,NULL,NULL,0,'{}',1798804800000,NULL,'room:local:playground:general','4ICBYTJHVH4VWFGJJVNIOAUB','sent',1,1,1798804800000,'5','general',NULL,NULL,1798804800000,NULL);
INSERT INTO "deliveries" VALUES(2,'joined:1:1','joined','local',1,1,NULL,1,NULL,0,'{}',1798804800000,NULL,'room:local:playground:general','2E2SDDZPF5YR3C66EN6PYICG','sent',1,1,1798804800000,'8','general',NULL,NULL,1798804800000,NULL);
INSERT INTO "deliveries" VALUES(3,'joined:2:1','joined','local',1,1,NULL,2,NULL,0,'{}',1798805100000,NULL,'room:local:playground:general','AMGYXGLF6B4BAKLLKLBASENL','sent',1,1,1798805100000,'13','general',NULL,NULL,1798805100000,NULL);
INSERT INTO "deliveries" VALUES(4,'joined:3:1','joined','local',1,1,NULL,3,NULL,0,'{}',1798805100000,NULL,'room:local:playground:general','QGZ3C5ILGW76I6PNKM4XUOEJ','skipped',0,0,NULL,NULL,NULL,NULL,'said with delivery 3',1798805100000,NULL);
INSERT INTO "deliveries" VALUES(5,'opening:1:r1:1','opening','local',1,1,NULL,NULL,1,0,'{}',1799049600000,NULL,'room:local:playground:general','6F75QQ6YUR6AM5IGYXWSXA33','sent',1,1,1799049600000,'14','general','14',NULL,1799049600000,NULL);
INSERT INTO "deliveries" VALUES(6,'shared:1:r1:1','shared','local',1,1,NULL,1,1,1,'{}',1799053200000,NULL,'room:local:playground:general','AYCSDOVWTOLT2U5JCZYEXHBP','sent',1,1,1799053200000,'18','general','14',NULL,1799053200000,NULL);
INSERT INTO "deliveries" VALUES(7,'changed:2:m3','changed','local',1,NULL,4,3,1,0,'{"change": "2"}',1799053200000,NULL,'account:4','YSASHDNEKEQKOPJPRELBXTVD','sent',1,1,1799053200000,'25','dm-member-3',NULL,NULL,1799053200000,NULL);
INSERT INTO "deliveries" VALUES(8,'nudge:1:r1:middle:m1','nudge','local',1,NULL,2,1,1,0,'{}',1799341200000,1799355600000,'account:2','YC5FMCAQ5MVS4CCYHEAPDEVL','skipped',0,0,NULL,NULL,NULL,NULL,'not wanted any more',1799341200000,NULL);
INSERT INTO "deliveries" VALUES(9,'nudge:1:r1:middle:m2','nudge','local',1,NULL,3,2,1,0,'{}',1799341200000,1799355600000,'account:3','MSIGRMBZ4ZYUVRWSVCH353QE','sent',1,1,1799341200000,'27','dm-member-2',NULL,NULL,1799341200000,NULL);
INSERT INTO "deliveries" VALUES(10,'nudge:1:r1:middle:m3','nudge','local',1,NULL,4,3,1,0,'{}',1799341200000,1799355600000,'account:4','ANRBF72ZBZZJRQTTT7BPPBIE','skipped',0,0,NULL,NULL,NULL,NULL,'not wanted any more',1799341200000,NULL);
INSERT INTO "deliveries" VALUES(11,'nudge:1:r1:closing:m1','nudge','local',1,NULL,2,1,1,0,'{}',1799568000000,1799614800000,'account:2','4JDYPKAUTNIEUIHQAZ2F5JGF','skipped',0,0,NULL,NULL,NULL,NULL,'not wanted any more',1799568000000,NULL);
INSERT INTO "deliveries" VALUES(12,'nudge:1:r1:closing:m2','nudge','local',1,NULL,3,2,1,0,'{}',1799568000000,1799614800000,'account:3','GYSGIDAB4524C4O7XIAY6JMJ','sent',1,1,1799568000000,'28','dm-member-2',NULL,NULL,1799568000000,NULL);
INSERT INTO "deliveries" VALUES(13,'nudge:1:r1:closing:m3','nudge','local',1,NULL,4,3,1,0,'{}',1799568000000,1799614800000,'account:4','67QXCS3OAITJM6GCPSIZSDIL','skipped',0,0,NULL,NULL,NULL,NULL,'not wanted any more',1799568000000,NULL);
INSERT INTO "deliveries" VALUES(14,'opening:1:r2:1','opening','local',1,1,NULL,NULL,2,0,'{}',1799654400000,NULL,'room:local:playground:general','XCNJ775CCNK5FL254AG6LD2I','sent',1,1,1799654400000,'29','general','29',NULL,1799654400000,NULL);
INSERT INTO "deliveries" VALUES(15,'digest:1:r1:1','digest','local',1,1,NULL,NULL,1,1,'{}',1799740800000,NULL,'room:local:playground:general','H2CXGRTLFFDEQM5BN6AQQK5O','sent',1,1,1799740800000,'30','general','14',NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(16,'opening:1:r3:1','opening','local',1,1,NULL,NULL,3,0,'{}',1800259200000,NULL,'room:local:playground:general','VGYM2PAN2Y6PJHGZYNXZ4SRA','skipped',0,0,NULL,NULL,NULL,NULL,'a moderator skipped it',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(17,'join-card:1:2','join-card','local',1,2,NULL,NULL,NULL,0,'{}',1799740800000,NULL,'room:local:playground:study-hall','TL467KE3AVJAIDTZ4ZZ5LZSF','sent',1,1,1799740800000,'37','study-hall',NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(18,'opening:1:r2:2','opening','local',1,2,NULL,NULL,2,0,'{}',1799740800000,NULL,'room:local:playground:study-hall','M3XCUBPEL2D2UZGWFXTRMPQE','sent',1,1,1799740800000,'38','study-hall','38',NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(19,'opening:1:r1:2','opening','local',1,2,NULL,NULL,1,0,'{}',1799049600000,NULL,'room:local:playground:study-hall','IXMHUGAJF7BDI25CLBRPOQLV','skipped',0,0,NULL,NULL,NULL,NULL,'it was before the room',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(20,'digest:1:r1:2','digest','local',1,2,NULL,NULL,1,1,'{}',1799740800000,NULL,'room:local:playground:study-hall','GPHMA574IY3XSEO37CTDGBGI','skipped',0,0,NULL,NULL,NULL,NULL,'it was before the room',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(21,'announce:1:unknown:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word unknown"}',1799740800000,NULL,'room:local:playground:general','II4LDJHIRBEZVT6ETNPXCWMN','unknown',0,0,NULL,NULL,NULL,NULL,'no answer',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(22,'announce:1:unsure:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word unsure"}',1799740800000,NULL,'room:local:playground:general','YQ33YWLQIBM42MFPDWMC7OXR','unknown',0,0,NULL,NULL,NULL,NULL,'Discord did not answer in time',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(23,'announce:1:error:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word error"}',1799740800000,NULL,'room:local:playground:general','LO7AJRUBDCF3ZSQ6QDPUV5CG','unknown',0,0,NULL,NULL,NULL,NULL,'an unforeseen error',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(24,'announce:1:noted:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word noted"}',1799740800000,NULL,'room:local:playground:general','N6N45MRHRGQ34PRSWWMUAUUE','unknown',0,0,NULL,NULL,NULL,NULL,'its outcome could not be noted',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(25,'announce:1:thread:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word thread"}',1799740800000,NULL,'room:local:playground:general','W4AL6QTN26W2AXLDXNA5SBIA','unknown',0,0,NULL,NULL,NULL,NULL,'its thread is not open yet',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(26,'announce:1:stopped:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word stopped"}',1799740800000,NULL,'room:local:playground:general','BXI2WP455RLDOIS772RLTN5H','ready',0,0,NULL,NULL,NULL,NULL,'the bot was stopped',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(27,'announce:1:down:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word down"}',1799740800000,NULL,'room:local:playground:general','OX5PLSXLO3SF62XDBOULUBCI','ready',0,0,NULL,NULL,NULL,NULL,'the platform is down',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(28,'announce:1:still:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word still"}',1799740800000,NULL,'room:local:playground:general','MXBCRRDKXKJS5UDAD7E4NI22','ready',0,0,NULL,NULL,NULL,NULL,'the process stood still',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(29,'announce:1:busy:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word busy"}',1799740800000,NULL,'room:local:playground:general','BTIKDQJRLT64LYJDW5GZP2PX','ready',0,0,NULL,NULL,NULL,NULL,'429, code 0: slow down',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(30,'announce:1:lost:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word lost"}',1799740800000,NULL,'room:local:playground:general','ET2W5UZQVGSJOVO7F2SMV4QV','parked',0,0,NULL,NULL,NULL,NULL,'the room or the person is no longer known',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(31,'announce:1:setup:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word setup"}',1799740800000,NULL,'room:local:playground:general','LTWIEAAKHWYPL3BRMGT3HEL3','parked',0,0,NULL,NULL,NULL,NULL,'slack is not set up',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(32,'announce:1:programme:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word programme"}',1799740800000,NULL,'room:local:playground:general','DUM7SDPSHMYS3754CCIOX3B4','parked',0,0,NULL,NULL,NULL,NULL,'the programme sample cannot be read',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(33,'announce:1:broken:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word broken"}',1799740800000,NULL,'room:local:playground:general','LEIIJASBGGGVAS632K2MWACM','parked',0,0,NULL,NULL,NULL,NULL,'the message cannot be composed; the log has the details',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(34,'announce:1:late:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word late"}',1799740800000,NULL,'room:local:playground:general','V4TK574CM2A6PIPA3XVHNRVE','skipped',0,0,NULL,NULL,NULL,NULL,'too late to be of use',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(35,'announce:1:ended:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word ended"}',1799740800000,NULL,'room:local:playground:general','FYA7JMB323APGSQXTWJ523DG','skipped',0,0,NULL,NULL,NULL,NULL,'the cohort has ended',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(36,'announce:1:unwanted:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word unwanted"}',1799740800000,NULL,'room:local:playground:general','GS6D3LLUEMCK5CXZYMEEDQ6H','skipped',0,0,NULL,NULL,NULL,NULL,'not wanted any more',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(37,'announce:1:older:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word older"}',1799740800000,NULL,'room:local:playground:general','7D44Y6FS6E4ZGFWQ4ACUMF57','skipped',0,0,NULL,NULL,NULL,NULL,'a reason of an older release: “ö”',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(38,'announce:1:plain:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word plain"}',1799740800000,NULL,'room:local:playground:general','DDULGJJDYZHZRQU7KG73SJBF','sending',1,1,1799740800000,NULL,'general',NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(39,'paper:1:r2:how-to-read-a-paper:1','paper','local',1,1,NULL,NULL,2,0,'{}',1799740800000,NULL,'room:local:playground:general','L7AQJDTQHHDGFNUFNEN4U2ON','sent',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(40,'nudge:1:r3:closing:m1','nudge','local',1,NULL,2,1,3,0,'{}',1800777600000,NULL,'account:2','CDKAMT2HDTG4Z7J2MSN7GWSV','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(41,'nudge:1:r2:middle:m3','nudge','local',1,NULL,4,3,2,0,'{}',1799740800000,NULL,'account:4','OXLY3TF5ZOPQVQ5NS5NZOOT5','ready',0,0,NULL,NULL,NULL,NULL,'refused, though the person and the bot are there: tried once more',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(42,'nudge:1:r3:middle:m2','nudge','local',1,NULL,3,2,3,0,'{}',1800518400000,NULL,'account:3','JRELLK62VKTYE56YLWESJYQQ','skipped',0,0,NULL,NULL,NULL,NULL,'a mention takes its place',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(43,'mention:1:nudge:1:r3:middle:m2','mention','local',1,1,NULL,2,3,1,'{"nudge": "nudge:1:r3:middle:m2"}',1799740800000,NULL,'room:local:playground:general','GEAGB6LU2PZIYCKGS3WPCJYB','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(44,'nudge:1:r3:middle:m3','nudge','local',1,NULL,4,3,3,0,'{}',1800518400000,NULL,'account:4','N7N5HHQQAN7TNQFM5Y6Q5WKW','skipped',0,0,NULL,NULL,NULL,NULL,'the person is no longer here',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(45,'nudge:1:r3:closing:m3','nudge','local',1,NULL,4,3,3,0,'{}',1800777600000,NULL,'account:4','TLZIYR6SLKGFBRN7OZDURFMS','parked',0,0,NULL,NULL,NULL,NULL,'their direct messages are closed',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(46,'joined:901:1','joined','local',1,1,NULL,1,NULL,0,'{}',1799740800000,NULL,'room:local:playground:general','W6YERUX5MMNUE5XH4H4PIKYQ','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(47,'joined:902:1','joined','local',1,1,NULL,2,NULL,0,'{}',1799740800000,NULL,'room:local:playground:general','2CLDBHFM4KHHR6JBGM7HJ6RL','skipped',0,0,NULL,NULL,NULL,NULL,'said with delivery 46',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(48,'outreach:1:local:1','outreach','local',1,NULL,3,2,NULL,0,'{"entry": "1", "platform": "local"}',1799740800000,NULL,'account:3','RV5AR4BKP4GZRGFU25QCAWAK','parked',0,0,NULL,NULL,NULL,NULL,'their direct messages are closed',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(49,'silent:7:a1','silent','local',1,NULL,2,NULL,NULL,0,'{"since": "2027-01-12T08:00:00+00:00", "direct": ""}',1799740800000,NULL,'account:2','DWDD3BI2JHZ5RR4C5CFIM2TE','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(50,'announce:1:gone:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word gone"}',1799740800000,NULL,'room:local:playground:general','FNV7RVM4G6NSBYZNIFBIDQWK','parked',0,0,NULL,NULL,NULL,NULL,'the room is gone',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(51,'alert:1:1:the room is gone:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "the room is gone", "cure": "Give the cohort another room with /cohort edit, then press Try again."}',1799740800000,NULL,'account:1','4X5CAZHRS4C3VAWGL6KSBFSG','sent',0,0,NULL,'m1','dm',NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(52,'alert:1:1:the room is gone:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "the room is gone", "cure": "Give the cohort another room with /cohort edit, then press Try again."}',1799740800000,NULL,'account:2','2FPKNLNSMDQTWURNOIAVHOKZ','skipped',0,0,NULL,NULL,NULL,NULL,'not wanted any more',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(53,'announce:1:may:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word may"}',1799740800000,NULL,'room:local:playground:general','YG46LLC5IWQ6FPZ3DD7AU6JX','parked',0,0,NULL,NULL,NULL,NULL,'I may not post there',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(54,'alert:1:1:I may not post there:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "I may not post there", "cure": "Let me see the room and post in it, then press Try again."}',1799740800000,NULL,'account:1','OFF4TCP43IZRAAG6MOZMNKSG','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(55,'alert:1:1:I may not post there:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "I may not post there", "cure": "Let me see the room and post in it, then press Try again."}',1799740800000,NULL,'account:2','VHMAYBXMO7GKOOX4TVOCCM43','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(56,'announce:1:away:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word away"}',1799740800000,NULL,'room:local:playground:general','7IT7CUTHBFCBUU5HBBU52JQK','parked',0,0,NULL,NULL,NULL,NULL,'my access was taken away',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(57,'alert:1:1:my access was taken away:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "my access was taken away", "cure": "Install me again; what is waiting then goes out by itself."}',1799740800000,NULL,'account:1','IVILUHDHATJUNB5V52HACNI7','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(58,'alert:1:1:my access was taken away:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "my access was taken away", "cure": "Install me again; what is waiting then goes out by itself."}',1799740800000,NULL,'account:2','HN6F4NPPQBB72KYACQZXNYRT','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(59,'announce:1:bad:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word bad"}',1799740800000,NULL,'room:local:playground:general','FP7DYNL3XUKFXQYCLUPVFWFE','parked',0,0,NULL,NULL,NULL,NULL,'the platform refused the message',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(60,'alert:1:1:the platform refused the message:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "the platform refused the message", "cure": "Tell whoever runs me; the log has the details."}',1799740800000,NULL,'account:1','7FXEIWS662GJWNRUJNHYJM2W','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(61,'alert:1:1:the platform refused the message:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "the platform refused the message", "cure": "Tell whoever runs me; the log has the details."}',1799740800000,NULL,'account:2','KP2XVIATDPWYN7ZZERZLECRU','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(62,'announce:1:marks:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word marks"}',1799740800000,NULL,'room:local:playground:general','MMWXL4TAP7EUO632MBNW2UNK','parked',0,0,NULL,NULL,NULL,NULL,'I may not post there',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(63,'announce:1:locked:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word locked"}',1799740800000,NULL,'room:local:playground:general','CKW7J3JOG76WTDQDLKUVGP54','parked',0,0,NULL,NULL,NULL,NULL,'the week''s thread is locked',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(64,'alert:1:1:the week''s thread is locked:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "the week''s thread is locked", "cure": "Unlock the thread: open its menu and choose Unlock Thread. Then press Try again."}',1799740800000,NULL,'account:1','ZL4SK4G7NUOY6YSOB3TDGLYR','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(65,'alert:1:1:the week''s thread is locked:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "the week''s thread is locked", "cure": "Unlock the thread: open its menu and choose Unlock Thread. Then press Try again."}',1799740800000,NULL,'account:2','5EZOD57YHZNS7WL5LBCQM2WW','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(66,'announce:1:filed:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word filed"}',1799740800000,NULL,'room:local:playground:general','CUWHELOLWKKKDJL7XW6D7BAF','parked',0,0,NULL,NULL,NULL,NULL,'the channel is archived',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(67,'alert:1:1:the channel is archived:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "the channel is archived", "cure": "Unarchive the channel, or give the cohort another channel with /cohort edit channel: Then press Try again."}',1799740800000,NULL,'account:1','6AWETWRLYMEJIGHRXL4KCXOD','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(68,'alert:1:1:the channel is archived:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "the channel is archived", "cure": "Unarchive the channel, or give the cohort another channel with /cohort edit channel: Then press Try again."}',1799740800000,NULL,'account:2','3X5IS2OH5IZKBXU4HXIWHF5G','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(69,'announce:1:else:1','announce','local',1,1,NULL,NULL,NULL,0,'{"text": "Word else"}',1799740800000,NULL,'room:local:playground:general','F7FYVYNCUTOBLHCOS3JXGN7F','parked',0,0,NULL,NULL,NULL,NULL,'a plug-in''s own words',1799740800000,NULL);
INSERT INTO "deliveries" VALUES(70,'alert:1:1:a plug-in''s own words:2027-01-12:a1','alert','local',1,NULL,1,NULL,NULL,0,'{"reason": "a plug-in''s own words", "cure": "Ask its owner. Then press Try again."}',1799740800000,NULL,'account:1','2PGFOSRU6IDT34RIYV3YDDLY','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
INSERT INTO "deliveries" VALUES(71,'alert:1:1:a plug-in''s own words:2027-01-12:a2','alert','local',1,NULL,2,NULL,NULL,0,'{"reason": "a plug-in''s own words", "cure": "Ask its owner. Then press Try again."}',1799740800000,NULL,'account:2','U35N5JZIHACPXEKOWGCK2OFV','ready',0,0,NULL,NULL,NULL,NULL,NULL,1799740800000,NULL);
CREATE TABLE drafts (
	token TEXT NOT NULL, 
	body TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (token)
)
 STRICT

;
INSERT INTO "drafts" VALUES('bRRfxK6L_Wxo','{"action": "answer", "user": "moderator", "key": "timezone", "label": "Change the time zone", "hint": "A large city, a country, or what your clock shows", "again": "cohort.create", "kind": "command", "args": "{\"name\": \"AI 2027\", \"timezone\": \"Europe/Berlin\"}", "fields": "{}"}',1798804800000);
INSERT INTO "drafts" VALUES('vvDrtBQfCJ8p','{"action": "cohort.create.yes", "name": "AI 2027", "programme": "backend-developer-to-ai-professor", "start": "2027-01-04", "at": "09:00", "zone": "Europe/Berlin", "platform": "local", "workspace": "playground", "channel": "general", "private": ""}',1798804800000);
INSERT INTO "drafts" VALUES('IilUBzpuIGiW','{"action": "answer", "user": "moderator", "key": "timezone", "label": "Change the time zone", "hint": "A large city, a country, or what your clock shows", "again": "cohort.edit", "kind": "command", "args": "{\"id\": \"1\", \"timezone\": \"Europe/Berlin\"}", "fields": "{}"}',1798804800000);
INSERT INTO "drafts" VALUES('uC3qOYMXesrT','{"member": "2", "reason": "asked me to", "action": "cohort.remove.yes", "cohort": "1"}',1799053200000);
INSERT INTO "drafts" VALUES('hcoszjQcsC0I','{"form": "{}", "user": "member-1"}',1799740800000);
CREATE TABLE excuses (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_excuses PRIMARY KEY (id), 
	CONSTRAINT fk_excuses_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE, 
	CONSTRAINT uq_excuses_member_id_round UNIQUE (member_id, round)
)
 STRICT

;
INSERT INTO "excuses" VALUES(1,3,1,'In hospital','moderator',1799053200000);
CREATE TABLE holidays (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	"before" INTEGER NOT NULL, 
	rounds INTEGER NOT NULL, 
	CONSTRAINT pk_holidays PRIMARY KEY (id), 
	CONSTRAINT fk_holidays_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_holidays_cohort_id_before UNIQUE (cohort_id, "before")
)
 STRICT

;
INSERT INTO "holidays" VALUES(1,1,9,1);
CREATE TABLE installations (
	id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	body TEXT NOT NULL, 
	installed_at INTEGER NOT NULL, 
	CONSTRAINT pk_installations PRIMARY KEY (id), 
	CONSTRAINT uq_installations_platform_workspace UNIQUE (platform, workspace)
)
 STRICT

;
INSERT INTO "installations" VALUES(1,'slack','T1','sealed',1799740800000);
CREATE TABLE invocations (
	id TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_invocations PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "invocations" VALUES('local:memory-1',1798804800000);
INSERT INTO "invocations" VALUES('local:memory-3',1798804800000);
INSERT INTO "invocations" VALUES('local:memory-6',1798804800000);
INSERT INTO "invocations" VALUES('local:memory-9',1798804800000);
INSERT INTO "invocations" VALUES('local:memory-11',1798804800000);
INSERT INTO "invocations" VALUES('local:memory-16',1799053200000);
INSERT INTO "invocations" VALUES('local:memory-20',1799053200000);
INSERT INTO "invocations" VALUES('local:memory-22',1799053200000);
INSERT INTO "invocations" VALUES('local:memory-33',1799740800000);
INSERT INTO "invocations" VALUES('local:memory-35',1799740800000);
CREATE TABLE job_runs (
	name TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	well INTEGER, 
	says TEXT NOT NULL, 
	CONSTRAINT pk_job_runs PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "job_runs" VALUES('backup',1799740800000,NULL,'');
CREATE TABLE members (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	joined_at INTEGER NOT NULL, 
	left_at INTEGER, 
	first_round INTEGER NOT NULL, 
	hours INTEGER, 
	why TEXT NOT NULL, shown TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_members PRIMARY KEY (id), 
	CONSTRAINT fk_members_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_members_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_members_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT uq_members_cohort_id_person_id UNIQUE (cohort_id, person_id)
)
 STRICT

;
INSERT INTO "members" VALUES(1,1,2,2,1798804800000,NULL,1,NULL,'','Sample Member 1');
INSERT INTO "members" VALUES(2,1,3,3,1798804800000,NULL,1,NULL,'','Sample Member 2');
INSERT INTO "members" VALUES(3,1,4,4,1798804800000,NULL,1,NULL,'','Sample Member 3');
CREATE TABLE moderators (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	target TEXT NOT NULL, 
	CONSTRAINT pk_moderators PRIMARY KEY (id), 
	CONSTRAINT ck_moderators_kind CHECK (kind IN ('role', 'person')), 
	CONSTRAINT fk_moderators_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_moderators_cohort_id_platform_workspace_kind_target UNIQUE (cohort_id, platform, workspace, kind, target)
)
 STRICT

;
INSERT INTO "moderators" VALUES(1,1,'local','playground','person','member-1');
CREATE TABLE moves (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	weekday INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	made_at INTEGER NOT NULL, 
	CONSTRAINT pk_moves PRIMARY KEY (id), 
	CONSTRAINT ck_moves_weekday CHECK (weekday BETWEEN 0 AND 6), 
	CONSTRAINT fk_moves_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_moves_cohort_id_round UNIQUE (cohort_id, round)
)
 STRICT

;
INSERT INTO "moves" VALUES(1,1,20,2,'10:00','Europe/Berlin',1799740800000);
CREATE TABLE oauth_states (
	digest TEXT NOT NULL, 
	expires INTEGER NOT NULL, 
	CONSTRAINT pk_oauth_states PRIMARY KEY (digest)
)
 STRICT

;
INSERT INTO "oauth_states" VALUES('4ba69735ca53765ed6a709edb56c6ea236b7193a3b29a6b390c346f0f4340e4e',1799744400000);
CREATE TABLE other_ids (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	user TEXT NOT NULL, 
	CONSTRAINT pk_other_ids PRIMARY KEY (id), 
	CONSTRAINT fk_other_ids_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_other_ids_platform_workspace_user UNIQUE (platform, workspace, user)
)
 STRICT

;
INSERT INTO "other_ids" VALUES(1,2,'local','playground','member-one');
CREATE TABLE outreach (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	"by" TEXT NOT NULL, 
	by_name TEXT NOT NULL, 
	words TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	follow_up TEXT, 
	delivery_key TEXT, 
	CONSTRAINT pk_outreach PRIMARY KEY (id), 
	CONSTRAINT fk_outreach_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_outreach_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "outreach" VALUES(1,1,2,1799740800000,'moderator','Sample Moderator','Are you well?','waiting',NULL,'outreach:1:local:1');
CREATE TABLE paper_picks (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	week INTEGER NOT NULL, 
	paper TEXT, 
	title TEXT NOT NULL, 
	url TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_paper_picks PRIMARY KEY (id), 
	CONSTRAINT fk_paper_picks_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_paper_picks_cohort_id_week UNIQUE (cohort_id, week)
)
 STRICT

;
INSERT INTO "paper_picks" VALUES(1,1,2,NULL,'Another paper','https://example.org/paper','moderator',1799740800000);
CREATE TABLE paper_reads (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	week INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_paper_reads PRIMARY KEY (id), 
	CONSTRAINT fk_paper_reads_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE, 
	CONSTRAINT uq_paper_reads_member_id_week UNIQUE (member_id, week)
)
 STRICT

;
INSERT INTO "paper_reads" VALUES(1,1,2,1799740800000);
CREATE TABLE payloads (
	delivery_id INTEGER NOT NULL, 
	payload TEXT NOT NULL, 
	CONSTRAINT pk_payloads PRIMARY KEY (delivery_id), 
	CONSTRAINT fk_payloads_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "payloads" VALUES(1,'{"_":"Message","summary":"AI 2027 starts","blocks":[{"_":"Heading","text":"AI 2027: From backend developer to AI professor"},{"_":"Paragraph","spans":["For working backend developers who want to do AI research: 116 weeks of six to eleven hours, a little over two years of evenings. You learn machine learning and deep learning by hand, rebuild a published result, do one piece of research and submit a paper, teach, write a practice grant proposal, and send your first applications. It is the first stretch of the road to a professorship: that usually takes three to four years, several papers and a doctorate, which is not included."],"quiet":false},{"_":"Paragraph","spans":["116 weeks, together. The first one opens ",{"_":"When","at":{"_":"at","iso":"2027-01-04T08:00:00+00:00"},"style":"time"},"."],"quiet":false},{"_":"Paragraph","spans":["Each week: a card with its tasks, and a short check-in. Miss one and nobody scolds you."],"quiet":false},{"_":"Actions","buttons":[{"_":"Button","label":"Join","action":"join","args":{"_":"map","items":{"id":"1"}},"style":"primary"},{"_":"Button","label":"See the whole plan","action":"plan.whole","args":{"_":"map","items":{"id":"1"}},"style":"plain"}]}],"accent":"#2A9387"}');
INSERT INTO "payloads" VALUES(2,'{"_":"Message","summary":"Sample Member 1 has joined AI 2027. Say hello.","blocks":[],"accent":null}');
INSERT INTO "payloads" VALUES(3,'{"_":"Message","summary":"Sample Member 2 and Sample Member 3 have joined AI 2027. Say hello.","blocks":[],"accent":null}');
INSERT INTO "payloads" VALUES(5,'{"_":"Message","summary":"Week 1: Enrol, open a repository, choose two voices","blocks":[{"_":"Heading","text":"Week 1 · Enrol, open a repository, choose two voices"},{"_":"Paragraph","spans":["Foundation in AI theory · about 8 hours"],"quiet":true},{"_":"Paragraph","spans":["Start the first course and give your work a place where others can see it."],"quiet":false},{"_":"Bullets","items":[["Enter your study hours for the next four weeks into your calendar, eight to ten a week, and tell the people you live with. (15 min)"],["Enrol in the Machine Learning Specialization on Coursera and finish module 1 of course 1, Introduction to Machine Learning, quizzes included: linear regression with one variable and gradient descent. (6 h)"],["Open a public GitHub repository for everything you make here. Its README says in five lines who you are, what you want to learn and by when. (45 min)"],["Choose two people who do AI research and follow them on X, Bluesky or LinkedIn. Write one line for each on why you chose them. (30 min)"]]},{"_":"Paragraph","spans":[{"_":"Strong","text":"To show: "},"Your enrolment page or first quiz score, the link to your repository, and the two names with one line each."],"quiet":false},{"_":"Paragraph","spans":[{"_":"Strong","text":"Helpful: "},{"_":"Link","text":"Machine Learning Specialization (Coursera)","url":"https://www.coursera.org/specializations/machine-learning-introduction"}," · ",{"_":"Link","text":"Course 1, module 1: Introduction to Machine Learning","url":"https://www.coursera.org/learn/machine-learning"}," · ",{"_":"Link","text":"Creating a repository (GitHub Docs)","url":"https://docs.github.com/en/repositories/creating-and-managing-repositories/creating-a-new-repository"}],"quiet":false},{"_":"Paragraph","spans":[{"_":"Strong","text":"Good to know: "},"In 2022 Andrew Ng''s single Machine Learning course became a specialisation of three courses, in Python instead of Octave. Look up price and financial aid on the Coursera page before you pay. Twitter is now X, and part of academia has moved to Bluesky."],"quiet":false},{"_":"Paragraph","spans":["Check in until ",{"_":"When","at":{"_":"at","iso":"2027-01-11T08:00:00+00:00"},"style":"time"},", or a day after that. A check-in with nothing ticked counts."],"quiet":false},{"_":"Actions","buttons":[{"_":"Button","label":"Check in","action":"checkin","args":{"_":"map","items":{"id":"1","round":"1"}},"style":"primary"}]}],"accent":"#2A9387"}');
INSERT INTO "payloads" VALUES(6,'{"_":"Message","summary":"Sample Member 1 checked in for week 1","blocks":[{"_":"Paragraph","spans":[{"_":"Strong","text":"Sample Member 1"}," checked in for week 1, 1 of 4 tasks."],"quiet":false},{"_":"Paragraph","spans":["✓ Put the study hours of four weeks into your calendar"],"quiet":false},{"_":"Paragraph","spans":["Read it twice"],"quiet":false}],"accent":null}');
INSERT INTO "payloads" VALUES(7,'{"_":"Message","summary":"A change in your record in AI 2027","blocks":[{"_":"Paragraph","spans":[{"_":"Strong","text":"Sample Moderator excused you for round 1: it counts neither for nor against you."}],"quiet":false},{"_":"Paragraph","spans":["The reason: ","In hospital"],"quiet":false},{"_":"Paragraph","spans":["Streak: 0 rounds. It starts with your next check-in."],"quiet":false},{"_":"Paragraph","spans":["/progress keeps a list of such changes."],"quiet":true}],"accent":null}');
INSERT INTO "payloads" VALUES(9,'{"_":"Message","summary":"Week 1 of AI 2027","blocks":[{"_":"Paragraph","spans":["Week 1 of AI 2027 is on. Got 15 minutes? Start here:"],"quiet":false},{"_":"Bullets","items":[["Put the study hours of four weeks into your calendar"]]},{"_":"Actions","buttons":[{"_":"Button","label":"Check in","action":"checkin","args":{"_":"map","items":{"id":"1","round":"1"}},"style":"primary"},{"_":"Button","label":"Stop reminders","action":"reminders.off","args":{"_":"map","items":{}},"style":"plain"}]}],"accent":null}');
INSERT INTO "payloads" VALUES(12,'{"_":"Message","summary":"Week 1 of AI 2027","blocks":[{"_":"Paragraph","spans":["Week 1 of AI 2027 closes ",{"_":"When","at":{"_":"at","iso":"2027-01-11T08:00:00+00:00"},"style":"relative"},". A check-in with nothing ticked counts."],"quiet":false},{"_":"Bullets","items":[["Put the study hours of four weeks into your calendar"]]},{"_":"Actions","buttons":[{"_":"Button","label":"Check in","action":"checkin","args":{"_":"map","items":{"id":"1","round":"1"}},"style":"primary"},{"_":"Button","label":"Stop reminders","action":"reminders.off","args":{"_":"map","items":{}},"style":"plain"}]}],"accent":null}');
INSERT INTO "payloads" VALUES(14,'{"_":"Message","summary":"Week 2: Many features, a GPU request, a way to read","blocks":[{"_":"Heading","text":"Week 2 · Many features, a GPU request, a way to read"},{"_":"Paragraph","spans":["Foundation in AI theory · about 8 hours"],"quiet":true},{"_":"Paragraph","spans":["Finish module 2 and send the one request that takes days to be answered."],"quiet":false},{"_":"Bullets","items":[["In the AWS console open Service Quotas for EC2, choose your region, and ask for 4 vCPUs under \"Running On-Demand G and VT instances\". Note the date of the request in your lab notebook. (20 min)"],["Finish module 2 of course 1, Regression with Multiple Input Variables, and pass its graded lab. (5 h 30 min)"],["Start a lab notebook in your repository, one Markdown file a week: what you did, what broke, what you still want to ask. Write the entries for weeks 1 and 2. Graded solutions stay private. (45 min)"],["Read How to Read a Paper (two pages). Then try its first pass on the Transformer paper, \"Attention Is All You Need\", for half an hour, and write down three things you did not understand. (1 h)"]]},{"_":"Paragraph","spans":[{"_":"Strong","text":"To show: "},"The link to your lab notebook and the words \"quota requested\". No account numbers, no pictures of the console."],"quiet":false},{"_":"Paragraph","spans":[{"_":"Strong","text":"Helpful: "},{"_":"Link","text":"Course 1, module 2: Regression with Multiple Input Variables","url":"https://www.coursera.org/learn/machine-learning"}," · ",{"_":"Link","text":"Requesting a quota increase (AWS documentation)","url":"https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html"}," · ",{"_":"Link","text":"How to Read a Paper","url":"https://web.stanford.edu/class/ee384m/Handouts/HowtoReadPaper.pdf"}," · ",{"_":"Link","text":"Attention Is All You Need","url":"https://arxiv.org/abs/1706.03762"}],"quiet":false},{"_":"Paragraph","spans":[{"_":"Strong","text":"Good to know: "},"GPU quotas on AWS often begin at zero; allow one to three days for an answer. If it is no, ask again with one sentence about your studies. Coursera''s honour code forbids sharing graded solutions, so show scores, plots and notes instead. You read the Transformer paper properly in week 4."],"quiet":false},{"_":"Paragraph","spans":["Check in until ",{"_":"When","at":{"_":"at","iso":"2027-01-18T08:00:00+00:00"},"style":"time"},", or a day after that. A check-in with nothing ticked counts."],"quiet":false},{"_":"Actions","buttons":[{"_":"Button","label":"Check in","action":"checkin","args":{"_":"map","items":{"id":"1","round":"2"}},"style":"primary"}]}],"accent":"#2A9387"}');
INSERT INTO "payloads" VALUES(15,'{"_":"Message","summary":"Week 1: 1 of 3 checked in","blocks":[{"_":"Heading","text":"Week 1: 1 of 3 checked in"},{"_":"Paragraph","spans":["Thank you to all who wrote. The others are welcome any time; late counts."],"quiet":false}],"accent":null}');
INSERT INTO "payloads" VALUES(17,'{"_":"Message","summary":"AI 2027 starts","blocks":[{"_":"Heading","text":"AI 2027: From backend developer to AI professor"},{"_":"Paragraph","spans":["For working backend developers who want to do AI research: 116 weeks of six to eleven hours, a little over two years of evenings. You learn machine learning and deep learning by hand, rebuild a published result, do one piece of research and submit a paper, teach, write a practice grant proposal, and send your first applications. It is the first stretch of the road to a professorship: that usually takes three to four years, several papers and a doctorate, which is not included."],"quiet":false},{"_":"Paragraph","spans":["116 weeks, together. The first one opens ",{"_":"When","at":{"_":"at","iso":"2027-01-04T08:00:00+00:00"},"style":"time"},"."],"quiet":false},{"_":"Paragraph","spans":["Each week: a card with its tasks, and a short check-in. Miss one and nobody scolds you."],"quiet":false},{"_":"Actions","buttons":[{"_":"Button","label":"Join","action":"join","args":{"_":"map","items":{"id":"1"}},"style":"primary"},{"_":"Button","label":"See the whole plan","action":"plan.whole","args":{"_":"map","items":{"id":"1"}},"style":"plain"}]}],"accent":"#2A9387"}');
INSERT INTO "payloads" VALUES(18,'{"_":"Message","summary":"Week 2: Many features, a GPU request, a way to read","blocks":[{"_":"Heading","text":"Week 2 · Many features, a GPU request, a way to read"},{"_":"Paragraph","spans":["Foundation in AI theory · about 8 hours"],"quiet":true},{"_":"Paragraph","spans":["Finish module 2 and send the one request that takes days to be answered."],"quiet":false},{"_":"Bullets","items":[["In the AWS console open Service Quotas for EC2, choose your region, and ask for 4 vCPUs under \"Running On-Demand G and VT instances\". Note the date of the request in your lab notebook. (20 min)"],["Finish module 2 of course 1, Regression with Multiple Input Variables, and pass its graded lab. (5 h 30 min)"],["Start a lab notebook in your repository, one Markdown file a week: what you did, what broke, what you still want to ask. Write the entries for weeks 1 and 2. Graded solutions stay private. (45 min)"],["Read How to Read a Paper (two pages). Then try its first pass on the Transformer paper, \"Attention Is All You Need\", for half an hour, and write down three things you did not understand. (1 h)"]]},{"_":"Paragraph","spans":[{"_":"Strong","text":"To show: "},"The link to your lab notebook and the words \"quota requested\". No account numbers, no pictures of the console."],"quiet":false},{"_":"Paragraph","spans":[{"_":"Strong","text":"Helpful: "},{"_":"Link","text":"Course 1, module 2: Regression with Multiple Input Variables","url":"https://www.coursera.org/learn/machine-learning"}," · ",{"_":"Link","text":"Requesting a quota increase (AWS documentation)","url":"https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html"}," · ",{"_":"Link","text":"How to Read a Paper","url":"https://web.stanford.edu/class/ee384m/Handouts/HowtoReadPaper.pdf"}," · ",{"_":"Link","text":"Attention Is All You Need","url":"https://arxiv.org/abs/1706.03762"}],"quiet":false},{"_":"Paragraph","spans":[{"_":"Strong","text":"Good to know: "},"GPU quotas on AWS often begin at zero; allow one to three days for an answer. If it is no, ask again with one sentence about your studies. Coursera''s honour code forbids sharing graded solutions, so show scores, plots and notes instead. You read the Transformer paper properly in week 4."],"quiet":false},{"_":"Paragraph","spans":["Check in until ",{"_":"When","at":{"_":"at","iso":"2027-01-18T08:00:00+00:00"},"style":"time"},", or a day after that. A check-in with nothing ticked counts."],"quiet":false},{"_":"Actions","buttons":[{"_":"Button","label":"Check in","action":"checkin","args":{"_":"map","items":{"id":"1","round":"2"}},"style":"primary"}]}],"accent":"#2A9387"}');
INSERT INTO "payloads" VALUES(38,'{"_":"Message","summary":"Word plain","blocks":[{"_":"Paragraph","spans":["Word plain"],"quiet":false}],"accent":null}');
CREATE TABLE people (
	id INTEGER NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "people" VALUES(1);
INSERT INTO "people" VALUES(2);
INSERT INTO "people" VALUES(3);
INSERT INTO "people" VALUES(4);
CREATE TABLE retrospectives (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	phase TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_retrospectives PRIMARY KEY (id), 
	CONSTRAINT fk_retrospectives_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE, 
	CONSTRAINT uq_retrospectives_member_id_phase UNIQUE (member_id, phase)
)
 STRICT

;
INSERT INTO "retrospectives" VALUES(1,1,'foundations',1799740800000,'{"change": "Fewer evenings"}');
CREATE TABLE revisions (
	delivery_id INTEGER NOT NULL, 
	due INTEGER NOT NULL, 
	asked INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	CONSTRAINT pk_revisions PRIMARY KEY (delivery_id), 
	CONSTRAINT fk_revisions_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "revisions" VALUES(5,1799740800000,1,0);
CREATE TABLE rooms (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	channel TEXT NOT NULL, private INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_rooms PRIMARY KEY (id), 
	CONSTRAINT fk_rooms_cohort_id FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT uq_rooms_cohort_id_platform_workspace_channel UNIQUE (cohort_id, platform, workspace, channel)
)
 STRICT

;
INSERT INTO "rooms" VALUES(1,1,'local','playground','general',0);
INSERT INTO "rooms" VALUES(2,1,'local','playground','study-hall',0);
CREATE TABLE slips (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	from_round INTEGER NOT NULL, 
	weeks INTEGER NOT NULL, 
	CONSTRAINT pk_slips PRIMARY KEY (id), 
	CONSTRAINT fk_slips_member_id FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "slips" VALUES(1,2,3,1);
CREATE TABLE wrong_codes (
	id INTEGER NOT NULL, 
	platform TEXT NOT NULL, 
	workspace TEXT NOT NULL, 
	user TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_wrong_codes PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "wrong_codes" VALUES(1,'local','playground','member-1',1799740800000);
CREATE INDEX ix_drafts_at ON drafts (at);
CREATE INDEX ix_invocations_at ON invocations (at);
CREATE INDEX ix_accounts_person_id ON accounts (person_id);
CREATE INDEX ix_rooms_channel ON rooms (platform, workspace, channel);
CREATE INDEX ix_members_person_id ON members (person_id);
CREATE INDEX ix_breaks_member_id ON breaks (member_id);
CREATE INDEX ix_deliveries_cohort_id_state ON deliveries (cohort_id, state);
CREATE INDEX ix_deliveries_open ON deliveries (due, id) WHERE state IN ('ready', 'unknown', 'sending');
CREATE INDEX ix_deliveries_open_lane ON deliveries (lane, due, id) WHERE state IN ('ready', 'unknown', 'sending');
CREATE INDEX ix_slips_member_id ON slips (member_id);
CREATE INDEX ix_checkin_edits_checkin_id ON checkin_edits (checkin_id);
CREATE INDEX ix_oauth_states_expires ON oauth_states (expires);
CREATE INDEX ix_wrong_codes_at ON wrong_codes (at);
CREATE INDEX ix_codes_expires ON codes (expires);
CREATE INDEX ix_moderators_target ON moderators (platform, target);
CREATE INDEX ix_audit_cohort_id_at ON audit (cohort_id, at);
CREATE INDEX ix_audit_member_id ON audit (member_id);
CREATE INDEX ix_outreach_cohort_id_at ON outreach (cohort_id, at);
CREATE INDEX ix_outreach_member_id ON outreach (member_id);
CREATE INDEX ix_deliveries_parked ON deliveries (id) WHERE state = 'parked';
CREATE INDEX ix_checkins_record ON checkins (member_id, round, filed_at, week);
CREATE INDEX ix_cohorts_next_due ON cohorts (next_due) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX ux_cohorts_name ON cohorts (platform, workspace, name_key) WHERE archived_at IS NULL;
CREATE INDEX ix_accounts_asked_at ON accounts (asked_at);
CREATE INDEX ix_other_ids_account_id ON other_ids (account_id);
COMMIT;
