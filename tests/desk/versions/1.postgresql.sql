CREATE TABLE conversations (
  id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  channel TEXT,
  user_hash TEXT,
  lang TEXT,
  product TEXT,
  consent TEXT,
  consented_at TIMESTAMP WITH TIME ZONE,
  retention_days INTEGER NOT NULL,
  taken_over_at TIMESTAMP WITH TIME ZONE,
  taken_over_by TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_conversations PRIMARY KEY (id)
);

CREATE INDEX ix_conversations_expires_at ON conversations (expires_at);

CREATE TABLE feedback (
  id BIGSERIAL NOT NULL,
  message_id TEXT NOT NULL,
  article_id TEXT NOT NULL,
  helpful BOOLEAN NOT NULL,
  comment TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_feedback PRIMARY KEY (id)
);

CREATE INDEX ix_feedback_created_at ON feedback (created_at);

CREATE UNIQUE INDEX uq_feedback_message_id_article_id ON feedback (message_id, article_id);

CREATE TABLE outbox (
  id BIGSERIAL NOT NULL,
  event TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  payload JSON NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
  delivered_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  CONSTRAINT pk_outbox PRIMARY KEY (id),
  CONSTRAINT uq_outbox_idempotency_key UNIQUE (idempotency_key)
);

CREATE INDEX ix_outbox_delivered_at_next_attempt_at ON outbox (delivered_at, next_attempt_at);

CREATE TABLE queries (
  id BIGSERIAL NOT NULL,
  message_id TEXT NOT NULL,
  conversation_id TEXT,
  query TEXT NOT NULL,
  lang TEXT NOT NULL,
  product TEXT,
  channel TEXT,
  user_hash TEXT,
  decision TEXT NOT NULL,
  reason TEXT,
  article_ids JSON NOT NULL,
  confidence FLOAT NOT NULL,
  index_id TEXT NOT NULL,
  took_ms FLOAT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_queries PRIMARY KEY (id),
  CONSTRAINT uq_queries_message_id UNIQUE (message_id)
);

CREATE INDEX ix_queries_asked_at ON queries (asked_at);

CREATE INDEX ix_queries_conversation_id ON queries (conversation_id);

CREATE TABLE ticket_numbers (
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  CONSTRAINT pk_ticket_numbers PRIMARY KEY (year)
);

CREATE TABLE tickets (
  id BIGSERIAL NOT NULL,
  number TEXT NOT NULL,
  token_hash TEXT,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  priority TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  rule TEXT NOT NULL,
  product TEXT,
  lang TEXT NOT NULL,
  channel TEXT,
  user_hash TEXT,
  query TEXT NOT NULL,
  contact TEXT,
  intake JSON NOT NULL,
  chains JSON NOT NULL,
  transaction_hashes JSON NOT NULL,
  addresses JSON NOT NULL,
  tried JSON NOT NULL,
  conversation_id TEXT,
  shares_transcript BOOLEAN NOT NULL,
  assignee TEXT,
  step TEXT,
  satisfaction INTEGER,
  satisfaction_comment TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  solved_at TIMESTAMP WITH TIME ZONE,
  anonymised_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_tickets PRIMARY KEY (id),
  CONSTRAINT uq_tickets_number UNIQUE (number),
  CONSTRAINT fk_tickets_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE SET NULL
);

CREATE INDEX ix_tickets_conversation_id ON tickets (conversation_id);

CREATE INDEX ix_tickets_status_urgency_created_at ON tickets (status, urgency, created_at);

CREATE TABLE turns (
  id BIGSERIAL NOT NULL,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  question TEXT NOT NULL,
  lang TEXT NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT,
  article_ids JSON NOT NULL,
  reply TEXT NOT NULL,
  confidence FLOAT NOT NULL,
  index_id TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_turns PRIMARY KEY (id),
  CONSTRAINT fk_turns_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
  CONSTRAINT uq_turns_message_id UNIQUE (message_id)
);

CREATE INDEX ix_turns_conversation_id ON turns (conversation_id);

CREATE TABLE ticket_events (
  id BIGSERIAL NOT NULL,
  ticket_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  by TEXT NOT NULL,
  actor TEXT,
  "old" TEXT,
  "new" TEXT,
  text TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_ticket_events PRIMARY KEY (id),
  CONSTRAINT fk_ticket_events_ticket_id FOREIGN KEY(ticket_id) REFERENCES tickets (id) ON DELETE CASCADE
);

CREATE INDEX ix_ticket_events_ticket_id ON ticket_events (ticket_id);

CREATE TABLE faq_schema (
  version INTEGER NOT NULL,
  applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (version)
);
