-- anniversary
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."anniversary_in" <= 7, FALSE)
  AND COALESCE("t0"."week_streak" >= 8, FALSE);

-- new-favourite
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."new_favourite" IS NOT NULL, FALSE)
  AND COALESCE("t0"."baskets_90" >= 5, FALSE);

-- quiet-after-heavy-use
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."baskets_365" >= 40, FALSE)
  AND COALESCE("t0"."baskets_30" <= 1, FALSE);

-- win-back
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."overdue_ratio" >= CAST(2.5 AS DOUBLE), FALSE)
  AND COALESCE("t0"."days_since_basket" >= 28, FALSE)
  AND COALESCE("t0"."baskets_365" >= 12, FALSE);

-- windows
SELECT
  "t19"."customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    TRUE
    AND COALESCE(LOWER("t0"."language") IN (LOWER('en'), LOWER('DE')), FALSE)
    AND "t0"."customer_id" IN (
      SELECT
        "t17"."customer_id"
      FROM (
        SELECT
          "t15"."customer_id",
          COUNT(*) AS "times"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM "event" AS "t1"
            WHERE
              "t1"."name" = 'basket'
              AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
              AND COALESCE("t1"."amount_cents" >= 2000, FALSE)
              AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
          ) AS "t7"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t11"."id",
              "t11"."customer_id",
              "t11"."name",
              "t11"."at",
              "t11"."properties",
              "t11"."day",
              "t11"."amount_cents",
              "t11"."items",
              "t11"."department",
              "t11"."discount_cents",
              "t11"."answer"
            FROM (
              SELECT
                "t9"."id",
                "t9"."customer_id",
                "t9"."name",
                "t9"."at",
                "t9"."properties",
                "t9"."day",
                "t9"."amount_cents",
                "t9"."items",
                "t9"."department",
                "t9"."discount_cents",
                "t9"."answer",
                "t3"."time_zone"
              FROM (
                SELECT
                  *
                FROM "event" AS "t1"
                WHERE
                  "t1"."name" = 'basket'
                  AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
                  AND COALESCE("t1"."amount_cents" >= 2000, FALSE)
                  AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T15:00:00') AS TIMESTAMP(6))
                  AND "t1"."at" < CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
              ) AS "t9"
              INNER JOIN (
                SELECT
                  "t0"."customer_id",
                  "t0"."time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t9"."customer_id" = "t3"."customer_id"
            ) AS "t11"
            WHERE
              (
                (
                  "t11"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
                )
                AND (
                  "t11"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                )
                AND NOT (
                  "t11"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t11"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t11"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T23:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t11"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                  )
                )
              )
              OR (
                "t11"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t11"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T15:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t11"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                  )
                )
              )
          ) AS "t14"
        ) AS "t15"
        GROUP BY
          1
      ) AS "t17"
      WHERE
        "t17"."times" >= 2
    )
    AND NOT (
      "t0"."customer_id" IN (
        SELECT
          "t13"."customer_id"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM "event" AS "t1"
            WHERE
              "t1"."name" = 'opened'
              AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
              AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
          ) AS "t4"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t10"."id",
              "t10"."customer_id",
              "t10"."name",
              "t10"."at",
              "t10"."properties",
              "t10"."day",
              "t10"."amount_cents",
              "t10"."items",
              "t10"."department",
              "t10"."discount_cents",
              "t10"."answer"
            FROM (
              SELECT
                "t6"."id",
                "t6"."customer_id",
                "t6"."name",
                "t6"."at",
                "t6"."properties",
                "t6"."day",
                "t6"."amount_cents",
                "t6"."items",
                "t6"."department",
                "t6"."discount_cents",
                "t6"."answer",
                "t3"."time_zone"
              FROM (
                SELECT
                  *
                FROM "event" AS "t1"
                WHERE
                  "t1"."name" = 'opened'
                  AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
                  AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                  AND "t1"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
              ) AS "t6"
              INNER JOIN (
                SELECT
                  "t0"."customer_id",
                  "t0"."time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t6"."customer_id" = "t3"."customer_id"
            ) AS "t10"
            WHERE
              (
                (
                  "t10"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
                )
                AND (
                  "t10"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                )
                AND NOT (
                  "t10"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t10"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t10"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T23:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t10"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                  )
                )
              )
              OR (
                "t10"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t10"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t10"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                  )
                )
              )
          ) AS "t12"
        ) AS "t13"
      )
    )
) AS "t19";

-- attributes
SELECT
  "t0"."customer_id"
FROM "insight" AS "t0"
WHERE
  COALESCE(
    LOWER(
      COALESCE(
        JSON_VALUE(
          JSON_FORMAT(JSON_EXTRACT(TRY_CAST("t0"."attributes" AS JSON), FORMAT('$["%s"]', 'tier'))),
          'strict $?($.type() == "string")'
        ),
        NULLIF(
          CAST(JSON_EXTRACT(TRY_CAST("t0"."attributes" AS JSON), FORMAT('$["%s"]', 'tier')) AS VARCHAR),
          'null'
        )
      )
    ) = LOWER('gold'),
    FALSE
  )
  OR COALESCE(
    TRY_CAST(NULLIF(
      CAST(JSON_EXTRACT(TRY_CAST("t0"."attributes" AS JSON), FORMAT('$["%s"]', 'points')) AS VARCHAR),
      'null'
    ) AS DOUBLE) > 100,
    FALSE
  );

-- insights
WITH "t7" AS (
  SELECT
    "t6"."id",
    "t6"."customer_id",
    "t6"."name",
    "t6"."at",
    "t6"."properties",
    "t6"."day",
    "t6"."amount_cents",
    "t6"."items",
    "t6"."department",
    "t6"."discount_cents",
    "t6"."answer"
  FROM (
    SELECT
      *
    FROM "event" AS "t0"
    WHERE
      "t0"."day" <= 20528
  ) AS "t6"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t3"
      WHERE
        "t6"."customer_id" = "t3"."customer_id"
    )
), "t15" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('basket')
)
SELECT
  "t105"."customer_id",
  "t105"."first_name",
  "t105"."language",
  "t105"."time_zone",
  "t105"."attributes",
  "t105"."created_at",
  "t105"."first_basket_at",
  "t105"."last_basket_at",
  COALESCE("t105"."baskets_30", 0) AS "baskets_30",
  COALESCE("t105"."spend_30", 0) AS "spend_30",
  COALESCE("t105"."baskets_90", 0) AS "baskets_90",
  COALESCE("t105"."spend_90", 0) AS "spend_90",
  COALESCE("t105"."baskets_365", 0) AS "baskets_365",
  COALESCE("t105"."spend_365", 0) AS "spend_365",
  "t105"."usual_interval",
  "t105"."favourite_department",
  "t105"."recent_favourite",
  "t105"."previous_favourite",
  COALESCE("t105"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR(CAST((
    TO_UNIXTIME("t105"."last_basket_at")
  ) AS DOUBLE) / (
    86400
  )) AS BIGINT) AS "days_since_basket",
  CAST((
    20528 - CAST(FLOOR(CAST((
      TO_UNIXTIME("t105"."last_basket_at")
    ) AS DOUBLE) / (
      86400
    )) AS BIGINT)
  ) AS DOUBLE) / "t105"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    CAST((
      TO_UNIXTIME(
        CAST(IF(
          (
            DATE("t105"."first_basket_at") + (
              GREATEST(2026 - EXTRACT(year FROM DATE("t105"."first_basket_at")), 1) * INTERVAL '1' YEAR
            )
          ) >= FROM_ISO8601_DATE('2026-03-16'),
          DATE("t105"."first_basket_at") + (
            GREATEST(2026 - EXTRACT(year FROM DATE("t105"."first_basket_at")), 1) * INTERVAL '1' YEAR
          ),
          DATE("t105"."first_basket_at") + (
            (
              GREATEST(2026 - EXTRACT(year FROM DATE("t105"."first_basket_at")), 1) + 1
            ) * INTERVAL '1' YEAR
          )
        ) AS TIMESTAMP)
      )
    ) AS DOUBLE) / (
      86400
    )
  ) AS BIGINT) - 20528 AS "anniversary_in",
  EXTRACT(year FROM IF(
    (
      DATE("t105"."first_basket_at") + (
        GREATEST(2026 - EXTRACT(year FROM DATE("t105"."first_basket_at")), 1) * INTERVAL '1' YEAR
      )
    ) >= FROM_ISO8601_DATE('2026-03-16'),
    DATE("t105"."first_basket_at") + (
      GREATEST(2026 - EXTRACT(year FROM DATE("t105"."first_basket_at")), 1) * INTERVAL '1' YEAR
    ),
    DATE("t105"."first_basket_at") + (
      (
        GREATEST(2026 - EXTRACT(year FROM DATE("t105"."first_basket_at")), 1) + 1
      ) * INTERVAL '1' YEAR
    )
  )) - EXTRACT(year FROM "t105"."first_basket_at") AS "years",
  IF(
    "t105"."recent_favourite" <> "t105"."previous_favourite",
    "t105"."recent_favourite",
    CAST(NULL AS VARCHAR)
  ) AS "new_favourite",
  COALESCE("t105"."repeats", 0) AS "repeats",
  COALESCE("t105"."days_with_us", 0) AS "days_with_us",
  "t105"."repeat_value",
  COALESCE("t105"."baskets_ever", 0) AS "baskets_ever",
  COALESCE("t105"."spend_before_90", 0) AS "spend_before_90",
  COALESCE("t105"."emails_90", 0) AS "emails_90",
  "t105"."last_reply_at",
  COALESCE("t105"."replies_365", 0) AS "replies_365",
  "t105"."felt_understood",
  COALESCE("t105"."engaged_90", 0) AS "engaged_90",
  COALESCE("t105"."clicks_90", 0) AS "clicks_90",
  "t105"."last_engaged_at",
  COALESCE("t105"."emails_unanswered", 0) AS "emails_unanswered",
  COALESCE("t105"."spend_90", 0) / CAST(NULLIF("t105"."spend_before_90", 0) AS DOUBLE) AS "spend_trend",
  COALESCE(
    CAST(GREATEST(
      IF(COALESCE("t105"."baskets_ever", 0) >= 10, 10, 0),
      IF(COALESCE("t105"."baskets_ever", 0) >= 25, 25, 0),
      IF(COALESCE("t105"."baskets_ever", 0) >= 50, 50, 0),
      IF(COALESCE("t105"."baskets_ever", 0) >= 100, 100, 0),
      IF(COALESCE("t105"."baskets_ever", 0) >= 250, 250, 0),
      IF(COALESCE("t105"."baskets_ever", 0) >= 500, 500, 0),
      IF(COALESCE("t105"."baskets_ever", 0) >= 1000, 1000, 0)
    ) AS BIGINT),
    0
  ) AS "milestone",
  IF(
    "t105"."last_basket_at" IS NOT NULL,
    CONCAT(
      CONCAT(
        IF(
          (
            20528 - CAST(FLOOR(CAST((
              TO_UNIXTIME("t105"."last_basket_at")
            ) AS DOUBLE) / (
              86400
            )) AS BIGINT)
          ) <= 30,
          '3',
          IF(
            (
              20528 - CAST(FLOOR(CAST((
                TO_UNIXTIME("t105"."last_basket_at")
              ) AS DOUBLE) / (
                86400
              )) AS BIGINT)
            ) <= 90,
            '2',
            '1'
          )
        ),
        IF(
          COALESCE("t105"."baskets_365", 0) >= 24,
          '3',
          IF(COALESCE("t105"."baskets_365", 0) >= 6, '2', '1')
        )
      ),
      IF(
        COALESCE("t105"."spend_365", 0) >= 100000,
        '3',
        IF(COALESCE("t105"."spend_365", 0) >= 25000, '2', '1')
      )
    ),
    CAST(NULL AS VARCHAR)
  ) AS "rfm"
FROM (
  SELECT
    "t104"."customer_id",
    "t104"."first_name",
    "t104"."language",
    "t104"."time_zone",
    "t104"."attributes",
    "t104"."created_at",
    "t104"."first_basket_at",
    "t104"."last_basket_at",
    "t104"."baskets_30",
    "t104"."spend_30",
    "t104"."baskets_90",
    "t104"."spend_90",
    "t104"."baskets_365",
    "t104"."spend_365",
    "t104"."repeats",
    "t104"."days_with_us",
    "t104"."baskets_ever",
    "t104"."spend_before_90",
    "t104"."usual_interval",
    "t104"."favourite_department",
    "t104"."recent_favourite",
    "t104"."previous_favourite",
    "t104"."week_streak",
    "t104"."repeat_value",
    "t104"."emails_90",
    "t104"."last_reply_at",
    "t104"."replies_365",
    "t104"."felt_understood",
    "t104"."engaged_90",
    "t104"."last_engaged_at",
    "t104"."clicks_90",
    "t104"."emails_unanswered"
  FROM (
    SELECT
      "t103"."customer_id",
      "t103"."first_name",
      "t103"."language",
      "t103"."time_zone",
      "t103"."attributes",
      "t103"."created_at",
      "t103"."first_basket_at",
      "t103"."last_basket_at",
      "t103"."baskets_30",
      "t103"."spend_30",
      "t103"."baskets_90",
      "t103"."spend_90",
      "t103"."baskets_365",
      "t103"."spend_365",
      "t103"."repeats",
      "t103"."days_with_us",
      "t103"."baskets_ever",
      "t103"."spend_before_90",
      "t103"."usual_interval",
      "t103"."favourite_department",
      "t103"."recent_favourite",
      "t103"."previous_favourite",
      "t103"."week_streak",
      "t103"."repeat_value",
      "t103"."emails_90",
      "t103"."last_reply_at",
      "t103"."replies_365",
      "t103"."felt_understood",
      "t103"."engaged_90",
      "t103"."last_engaged_at",
      "t103"."clicks_90",
      "t57"."customer_id" AS "customer_id_right",
      "t57"."emails_unanswered"
    FROM (
      SELECT
        "t101"."customer_id",
        "t101"."first_name",
        "t101"."language",
        "t101"."time_zone",
        "t101"."attributes",
        "t101"."created_at",
        "t101"."first_basket_at",
        "t101"."last_basket_at",
        "t101"."baskets_30",
        "t101"."spend_30",
        "t101"."baskets_90",
        "t101"."spend_90",
        "t101"."baskets_365",
        "t101"."spend_365",
        "t101"."repeats",
        "t101"."days_with_us",
        "t101"."baskets_ever",
        "t101"."spend_before_90",
        "t101"."usual_interval",
        "t101"."favourite_department",
        "t101"."recent_favourite",
        "t101"."previous_favourite",
        "t101"."week_streak",
        "t101"."repeat_value",
        "t101"."emails_90",
        "t101"."last_reply_at",
        "t101"."replies_365",
        "t101"."felt_understood",
        "t101"."engaged_90",
        "t101"."last_engaged_at",
        "t101"."clicks_90"
      FROM (
        SELECT
          "t100"."customer_id",
          "t100"."first_name",
          "t100"."language",
          "t100"."time_zone",
          "t100"."attributes",
          "t100"."created_at",
          "t100"."first_basket_at",
          "t100"."last_basket_at",
          "t100"."baskets_30",
          "t100"."spend_30",
          "t100"."baskets_90",
          "t100"."spend_90",
          "t100"."baskets_365",
          "t100"."spend_365",
          "t100"."repeats",
          "t100"."days_with_us",
          "t100"."baskets_ever",
          "t100"."spend_before_90",
          "t100"."usual_interval",
          "t100"."favourite_department",
          "t100"."recent_favourite",
          "t100"."previous_favourite",
          "t100"."week_streak",
          "t100"."repeat_value",
          "t100"."emails_90",
          "t100"."last_reply_at",
          "t100"."replies_365",
          "t100"."felt_understood",
          "t100"."engaged_90",
          "t100"."last_engaged_at",
          "t29"."customer_id" AS "customer_id_right",
          "t29"."clicks_90"
        FROM (
          SELECT
            "t98"."customer_id",
            "t98"."first_name",
            "t98"."language",
            "t98"."time_zone",
            "t98"."attributes",
            "t98"."created_at",
            "t98"."first_basket_at",
            "t98"."last_basket_at",
            "t98"."baskets_30",
            "t98"."spend_30",
            "t98"."baskets_90",
            "t98"."spend_90",
            "t98"."baskets_365",
            "t98"."spend_365",
            "t98"."repeats",
            "t98"."days_with_us",
            "t98"."baskets_ever",
            "t98"."spend_before_90",
            "t98"."usual_interval",
            "t98"."favourite_department",
            "t98"."recent_favourite",
            "t98"."previous_favourite",
            "t98"."week_streak",
            "t98"."repeat_value",
            "t98"."emails_90",
            "t98"."last_reply_at",
            "t98"."replies_365",
            "t98"."felt_understood",
            "t98"."engaged_90",
            "t98"."last_engaged_at"
          FROM (
            SELECT
              "t97"."customer_id",
              "t97"."first_name",
              "t97"."language",
              "t97"."time_zone",
              "t97"."attributes",
              "t97"."created_at",
              "t97"."first_basket_at",
              "t97"."last_basket_at",
              "t97"."baskets_30",
              "t97"."spend_30",
              "t97"."baskets_90",
              "t97"."spend_90",
              "t97"."baskets_365",
              "t97"."spend_365",
              "t97"."repeats",
              "t97"."days_with_us",
              "t97"."baskets_ever",
              "t97"."spend_before_90",
              "t97"."usual_interval",
              "t97"."favourite_department",
              "t97"."recent_favourite",
              "t97"."previous_favourite",
              "t97"."week_streak",
              "t97"."repeat_value",
              "t97"."emails_90",
              "t97"."last_reply_at",
              "t97"."replies_365",
              "t97"."felt_understood",
              "t30"."customer_id" AS "customer_id_right",
              "t30"."engaged_90",
              "t30"."last_engaged_at"
            FROM (
              SELECT
                "t95"."customer_id",
                "t95"."first_name",
                "t95"."language",
                "t95"."time_zone",
                "t95"."attributes",
                "t95"."created_at",
                "t95"."first_basket_at",
                "t95"."last_basket_at",
                "t95"."baskets_30",
                "t95"."spend_30",
                "t95"."baskets_90",
                "t95"."spend_90",
                "t95"."baskets_365",
                "t95"."spend_365",
                "t95"."repeats",
                "t95"."days_with_us",
                "t95"."baskets_ever",
                "t95"."spend_before_90",
                "t95"."usual_interval",
                "t95"."favourite_department",
                "t95"."recent_favourite",
                "t95"."previous_favourite",
                "t95"."week_streak",
                "t95"."repeat_value",
                "t95"."emails_90",
                "t95"."last_reply_at",
                "t95"."replies_365",
                "t95"."felt_understood"
              FROM (
                SELECT
                  "t94"."customer_id",
                  "t94"."first_name",
                  "t94"."language",
                  "t94"."time_zone",
                  "t94"."attributes",
                  "t94"."created_at",
                  "t94"."first_basket_at",
                  "t94"."last_basket_at",
                  "t94"."baskets_30",
                  "t94"."spend_30",
                  "t94"."baskets_90",
                  "t94"."spend_90",
                  "t94"."baskets_365",
                  "t94"."spend_365",
                  "t94"."repeats",
                  "t94"."days_with_us",
                  "t94"."baskets_ever",
                  "t94"."spend_before_90",
                  "t94"."usual_interval",
                  "t94"."favourite_department",
                  "t94"."recent_favourite",
                  "t94"."previous_favourite",
                  "t94"."week_streak",
                  "t94"."repeat_value",
                  "t94"."emails_90",
                  "t94"."last_reply_at",
                  "t94"."replies_365",
                  "t44"."customer_id" AS "customer_id_right",
                  "t44"."felt_understood"
                FROM (
                  SELECT
                    "t92"."customer_id",
                    "t92"."first_name",
                    "t92"."language",
                    "t92"."time_zone",
                    "t92"."attributes",
                    "t92"."created_at",
                    "t92"."first_basket_at",
                    "t92"."last_basket_at",
                    "t92"."baskets_30",
                    "t92"."spend_30",
                    "t92"."baskets_90",
                    "t92"."spend_90",
                    "t92"."baskets_365",
                    "t92"."spend_365",
                    "t92"."repeats",
                    "t92"."days_with_us",
                    "t92"."baskets_ever",
                    "t92"."spend_before_90",
                    "t92"."usual_interval",
                    "t92"."favourite_department",
                    "t92"."recent_favourite",
                    "t92"."previous_favourite",
                    "t92"."week_streak",
                    "t92"."repeat_value",
                    "t92"."emails_90",
                    "t92"."last_reply_at",
                    "t92"."replies_365"
                  FROM (
                    SELECT
                      "t91"."customer_id",
                      "t91"."first_name",
                      "t91"."language",
                      "t91"."time_zone",
                      "t91"."attributes",
                      "t91"."created_at",
                      "t91"."first_basket_at",
                      "t91"."last_basket_at",
                      "t91"."baskets_30",
                      "t91"."spend_30",
                      "t91"."baskets_90",
                      "t91"."spend_90",
                      "t91"."baskets_365",
                      "t91"."spend_365",
                      "t91"."repeats",
                      "t91"."days_with_us",
                      "t91"."baskets_ever",
                      "t91"."spend_before_90",
                      "t91"."usual_interval",
                      "t91"."favourite_department",
                      "t91"."recent_favourite",
                      "t91"."previous_favourite",
                      "t91"."week_streak",
                      "t91"."repeat_value",
                      "t91"."emails_90",
                      "t32"."customer_id" AS "customer_id_right",
                      "t32"."last_reply_at",
                      "t32"."replies_365"
                    FROM (
                      SELECT
                        "t89"."customer_id",
                        "t89"."first_name",
                        "t89"."language",
                        "t89"."time_zone",
                        "t89"."attributes",
                        "t89"."created_at",
                        "t89"."first_basket_at",
                        "t89"."last_basket_at",
                        "t89"."baskets_30",
                        "t89"."spend_30",
                        "t89"."baskets_90",
                        "t89"."spend_90",
                        "t89"."baskets_365",
                        "t89"."spend_365",
                        "t89"."repeats",
                        "t89"."days_with_us",
                        "t89"."baskets_ever",
                        "t89"."spend_before_90",
                        "t89"."usual_interval",
                        "t89"."favourite_department",
                        "t89"."recent_favourite",
                        "t89"."previous_favourite",
                        "t89"."week_streak",
                        "t89"."repeat_value",
                        "t89"."emails_90"
                      FROM (
                        SELECT
                          "t88"."customer_id",
                          "t88"."first_name",
                          "t88"."language",
                          "t88"."time_zone",
                          "t88"."attributes",
                          "t88"."created_at",
                          "t88"."first_basket_at",
                          "t88"."last_basket_at",
                          "t88"."baskets_30",
                          "t88"."spend_30",
                          "t88"."baskets_90",
                          "t88"."spend_90",
                          "t88"."baskets_365",
                          "t88"."spend_365",
                          "t88"."repeats",
                          "t88"."days_with_us",
                          "t88"."baskets_ever",
                          "t88"."spend_before_90",
                          "t88"."usual_interval",
                          "t88"."favourite_department",
                          "t88"."recent_favourite",
                          "t88"."previous_favourite",
                          "t88"."week_streak",
                          "t88"."repeat_value",
                          "t33"."customer_id" AS "customer_id_right",
                          "t33"."emails_90"
                        FROM (
                          SELECT
                            "t86"."customer_id",
                            "t86"."first_name",
                            "t86"."language",
                            "t86"."time_zone",
                            "t86"."attributes",
                            "t86"."created_at",
                            "t86"."first_basket_at",
                            "t86"."last_basket_at",
                            "t86"."baskets_30",
                            "t86"."spend_30",
                            "t86"."baskets_90",
                            "t86"."spend_90",
                            "t86"."baskets_365",
                            "t86"."spend_365",
                            "t86"."repeats",
                            "t86"."days_with_us",
                            "t86"."baskets_ever",
                            "t86"."spend_before_90",
                            "t86"."usual_interval",
                            "t86"."favourite_department",
                            "t86"."recent_favourite",
                            "t86"."previous_favourite",
                            "t86"."week_streak",
                            "t86"."repeat_value"
                          FROM (
                            SELECT
                              "t85"."customer_id",
                              "t85"."first_name",
                              "t85"."language",
                              "t85"."time_zone",
                              "t85"."attributes",
                              "t85"."created_at",
                              "t85"."first_basket_at",
                              "t85"."last_basket_at",
                              "t85"."baskets_30",
                              "t85"."spend_30",
                              "t85"."baskets_90",
                              "t85"."spend_90",
                              "t85"."baskets_365",
                              "t85"."spend_365",
                              "t85"."repeats",
                              "t85"."days_with_us",
                              "t85"."baskets_ever",
                              "t85"."spend_before_90",
                              "t85"."usual_interval",
                              "t85"."favourite_department",
                              "t85"."recent_favourite",
                              "t85"."previous_favourite",
                              "t85"."week_streak",
                              "t67"."customer_id" AS "customer_id_right",
                              "t67"."repeat_value"
                            FROM (
                              SELECT
                                "t83"."customer_id",
                                "t83"."first_name",
                                "t83"."language",
                                "t83"."time_zone",
                                "t83"."attributes",
                                "t83"."created_at",
                                "t83"."first_basket_at",
                                "t83"."last_basket_at",
                                "t83"."baskets_30",
                                "t83"."spend_30",
                                "t83"."baskets_90",
                                "t83"."spend_90",
                                "t83"."baskets_365",
                                "t83"."spend_365",
                                "t83"."repeats",
                                "t83"."days_with_us",
                                "t83"."baskets_ever",
                                "t83"."spend_before_90",
                                "t83"."usual_interval",
                                "t83"."favourite_department",
                                "t83"."recent_favourite",
                                "t83"."previous_favourite",
                                "t83"."week_streak"
                              FROM (
                                SELECT
                                  "t82"."customer_id",
                                  "t82"."first_name",
                                  "t82"."language",
                                  "t82"."time_zone",
                                  "t82"."attributes",
                                  "t82"."created_at",
                                  "t82"."first_basket_at",
                                  "t82"."last_basket_at",
                                  "t82"."baskets_30",
                                  "t82"."spend_30",
                                  "t82"."baskets_90",
                                  "t82"."spend_90",
                                  "t82"."baskets_365",
                                  "t82"."spend_365",
                                  "t82"."repeats",
                                  "t82"."days_with_us",
                                  "t82"."baskets_ever",
                                  "t82"."spend_before_90",
                                  "t82"."usual_interval",
                                  "t82"."favourite_department",
                                  "t82"."recent_favourite",
                                  "t82"."previous_favourite",
                                  "t59"."customer_id" AS "customer_id_right",
                                  "t59"."week_streak"
                                FROM (
                                  SELECT
                                    "t80"."customer_id",
                                    "t80"."first_name",
                                    "t80"."language",
                                    "t80"."time_zone",
                                    "t80"."attributes",
                                    "t80"."created_at",
                                    "t80"."first_basket_at",
                                    "t80"."last_basket_at",
                                    "t80"."baskets_30",
                                    "t80"."spend_30",
                                    "t80"."baskets_90",
                                    "t80"."spend_90",
                                    "t80"."baskets_365",
                                    "t80"."spend_365",
                                    "t80"."repeats",
                                    "t80"."days_with_us",
                                    "t80"."baskets_ever",
                                    "t80"."spend_before_90",
                                    "t80"."usual_interval",
                                    "t80"."favourite_department",
                                    "t80"."recent_favourite",
                                    "t80"."previous_favourite"
                                  FROM (
                                    SELECT
                                      "t79"."customer_id",
                                      "t79"."first_name",
                                      "t79"."language",
                                      "t79"."time_zone",
                                      "t79"."attributes",
                                      "t79"."created_at",
                                      "t79"."first_basket_at",
                                      "t79"."last_basket_at",
                                      "t79"."baskets_30",
                                      "t79"."spend_30",
                                      "t79"."baskets_90",
                                      "t79"."spend_90",
                                      "t79"."baskets_365",
                                      "t79"."spend_365",
                                      "t79"."repeats",
                                      "t79"."days_with_us",
                                      "t79"."baskets_ever",
                                      "t79"."spend_before_90",
                                      "t79"."usual_interval",
                                      "t79"."favourite_department",
                                      "t79"."recent_favourite",
                                      "t63"."customer_id" AS "customer_id_right",
                                      "t63"."previous_favourite"
                                    FROM (
                                      SELECT
                                        "t77"."customer_id",
                                        "t77"."first_name",
                                        "t77"."language",
                                        "t77"."time_zone",
                                        "t77"."attributes",
                                        "t77"."created_at",
                                        "t77"."first_basket_at",
                                        "t77"."last_basket_at",
                                        "t77"."baskets_30",
                                        "t77"."spend_30",
                                        "t77"."baskets_90",
                                        "t77"."spend_90",
                                        "t77"."baskets_365",
                                        "t77"."spend_365",
                                        "t77"."repeats",
                                        "t77"."days_with_us",
                                        "t77"."baskets_ever",
                                        "t77"."spend_before_90",
                                        "t77"."usual_interval",
                                        "t77"."favourite_department",
                                        "t77"."recent_favourite"
                                      FROM (
                                        SELECT
                                          "t76"."customer_id",
                                          "t76"."first_name",
                                          "t76"."language",
                                          "t76"."time_zone",
                                          "t76"."attributes",
                                          "t76"."created_at",
                                          "t76"."first_basket_at",
                                          "t76"."last_basket_at",
                                          "t76"."baskets_30",
                                          "t76"."spend_30",
                                          "t76"."baskets_90",
                                          "t76"."spend_90",
                                          "t76"."baskets_365",
                                          "t76"."spend_365",
                                          "t76"."repeats",
                                          "t76"."days_with_us",
                                          "t76"."baskets_ever",
                                          "t76"."spend_before_90",
                                          "t76"."usual_interval",
                                          "t76"."favourite_department",
                                          "t64"."customer_id" AS "customer_id_right",
                                          "t64"."recent_favourite"
                                        FROM (
                                          SELECT
                                            "t74"."customer_id",
                                            "t74"."first_name",
                                            "t74"."language",
                                            "t74"."time_zone",
                                            "t74"."attributes",
                                            "t74"."created_at",
                                            "t74"."first_basket_at",
                                            "t74"."last_basket_at",
                                            "t74"."baskets_30",
                                            "t74"."spend_30",
                                            "t74"."baskets_90",
                                            "t74"."spend_90",
                                            "t74"."baskets_365",
                                            "t74"."spend_365",
                                            "t74"."repeats",
                                            "t74"."days_with_us",
                                            "t74"."baskets_ever",
                                            "t74"."spend_before_90",
                                            "t74"."usual_interval",
                                            "t74"."favourite_department"
                                          FROM (
                                            SELECT
                                              "t73"."customer_id",
                                              "t73"."first_name",
                                              "t73"."language",
                                              "t73"."time_zone",
                                              "t73"."attributes",
                                              "t73"."created_at",
                                              "t73"."first_basket_at",
                                              "t73"."last_basket_at",
                                              "t73"."baskets_30",
                                              "t73"."spend_30",
                                              "t73"."baskets_90",
                                              "t73"."spend_90",
                                              "t73"."baskets_365",
                                              "t73"."spend_365",
                                              "t73"."repeats",
                                              "t73"."days_with_us",
                                              "t73"."baskets_ever",
                                              "t73"."spend_before_90",
                                              "t73"."usual_interval",
                                              "t65"."customer_id" AS "customer_id_right",
                                              "t65"."favourite_department"
                                            FROM (
                                              SELECT
                                                "t71"."customer_id",
                                                "t71"."first_name",
                                                "t71"."language",
                                                "t71"."time_zone",
                                                "t71"."attributes",
                                                "t71"."created_at",
                                                "t71"."first_basket_at",
                                                "t71"."last_basket_at",
                                                "t71"."baskets_30",
                                                "t71"."spend_30",
                                                "t71"."baskets_90",
                                                "t71"."spend_90",
                                                "t71"."baskets_365",
                                                "t71"."spend_365",
                                                "t71"."repeats",
                                                "t71"."days_with_us",
                                                "t71"."baskets_ever",
                                                "t71"."spend_before_90",
                                                "t71"."usual_interval"
                                              FROM (
                                                SELECT
                                                  "t58"."customer_id",
                                                  "t58"."first_name",
                                                  "t58"."language",
                                                  "t58"."time_zone",
                                                  "t58"."attributes",
                                                  "t58"."created_at",
                                                  "t58"."first_basket_at",
                                                  "t58"."last_basket_at",
                                                  "t58"."baskets_30",
                                                  "t58"."spend_30",
                                                  "t58"."baskets_90",
                                                  "t58"."spend_90",
                                                  "t58"."baskets_365",
                                                  "t58"."spend_365",
                                                  "t58"."repeats",
                                                  "t58"."days_with_us",
                                                  "t58"."baskets_ever",
                                                  "t58"."spend_before_90",
                                                  "t70"."customer_id" AS "customer_id_right",
                                                  "t70"."usual_interval"
                                                FROM (
                                                  SELECT
                                                    "t49"."customer_id",
                                                    "t49"."first_name",
                                                    "t49"."language",
                                                    "t49"."time_zone",
                                                    "t49"."attributes",
                                                    "t49"."created_at",
                                                    "t49"."first_basket_at",
                                                    "t49"."last_basket_at",
                                                    "t49"."baskets_30",
                                                    "t49"."spend_30",
                                                    "t49"."baskets_90",
                                                    "t49"."spend_90",
                                                    "t49"."baskets_365",
                                                    "t49"."spend_365",
                                                    "t49"."repeats",
                                                    "t49"."days_with_us",
                                                    "t49"."baskets_ever",
                                                    "t49"."spend_before_90"
                                                  FROM (
                                                    SELECT
                                                      "t4"."customer_id",
                                                      "t4"."first_name",
                                                      "t4"."language",
                                                      "t4"."time_zone",
                                                      "t4"."attributes",
                                                      "t4"."created_at",
                                                      "t39"."customer_id" AS "customer_id_right",
                                                      "t39"."first_basket_at",
                                                      "t39"."last_basket_at",
                                                      "t39"."baskets_30",
                                                      "t39"."spend_30",
                                                      "t39"."baskets_90",
                                                      "t39"."spend_90",
                                                      "t39"."baskets_365",
                                                      "t39"."spend_365",
                                                      "t39"."repeats",
                                                      "t39"."days_with_us",
                                                      "t39"."baskets_ever",
                                                      "t39"."spend_before_90"
                                                    FROM "customer" AS "t4"
                                                    LEFT OUTER JOIN (
                                                      SELECT
                                                        "t20"."customer_id",
                                                        MIN("t20"."at") AS "first_basket_at",
                                                        MAX("t20"."at") AS "last_basket_at",
                                                        SUM(CAST("t20"."day" >= 20498 AS INTEGER)) AS "baskets_30",
                                                        SUM("t20"."amount_cents") FILTER(WHERE
                                                          "t20"."day" >= 20498) AS "spend_30",
                                                        SUM(CAST("t20"."day" >= 20438 AS INTEGER)) AS "baskets_90",
                                                        SUM("t20"."amount_cents") FILTER(WHERE
                                                          "t20"."day" >= 20438) AS "spend_90",
                                                        SUM(CAST("t20"."day" >= 20163 AS INTEGER)) AS "baskets_365",
                                                        SUM("t20"."amount_cents") FILTER(WHERE
                                                          "t20"."day" >= 20163) AS "spend_365",
                                                        COUNT(DISTINCT "t20"."day") - 1 AS "repeats",
                                                        MAX("t20"."day") - MIN("t20"."day") AS "days_with_us",
                                                        COUNT(*) AS "baskets_ever",
                                                        SUM("t20"."amount_cents") FILTER(WHERE
                                                          (
                                                            "t20"."day" < 20438
                                                          ) AND (
                                                            "t20"."day" >= 20348
                                                          )) AS "spend_before_90"
                                                      FROM "t15" AS "t20"
                                                      GROUP BY
                                                        1
                                                    ) AS "t39"
                                                      ON "t4"."customer_id" = "t39"."customer_id"
                                                    WHERE
                                                      EXISTS(
                                                        SELECT
                                                          1
                                                        FROM "touched" AS "t3"
                                                        WHERE
                                                          "t4"."customer_id" = "t3"."customer_id"
                                                      )
                                                  ) AS "t49"
                                                ) AS "t58"
                                                LEFT OUTER JOIN (
                                                  SELECT
                                                    "t68"."customer_id",
                                                    "t68"."usual_interval"
                                                  FROM (
                                                    SELECT
                                                      "t46"."customer_id",
                                                      CAST((
                                                        ELEMENT_AT(
                                                          ARRAY_SORT(ARRAY_AGG("t46"."gap") FILTER(WHERE
                                                            "t46"."gap" IS NOT NULL)),
                                                          CAST(FLOOR(
                                                            CAST((
                                                              CARDINALITY(ARRAY_SORT(ARRAY_AGG("t46"."gap") FILTER(WHERE
                                                                "t46"."gap" IS NOT NULL))) - 1
                                                            ) AS DOUBLE) / (
                                                              2
                                                            )
                                                          ) AS BIGINT) + 1
                                                        ) + ELEMENT_AT(
                                                          ARRAY_SORT(ARRAY_AGG("t46"."gap") FILTER(WHERE
                                                            "t46"."gap" IS NOT NULL)),
                                                          CAST(FLOOR(
                                                            CAST((
                                                              CARDINALITY(ARRAY_SORT(ARRAY_AGG("t46"."gap") FILTER(WHERE
                                                                "t46"."gap" IS NOT NULL)))
                                                            ) AS DOUBLE) / (
                                                              2
                                                            )
                                                          ) AS BIGINT) + 1
                                                        )
                                                      ) AS DOUBLE) / 2 AS "usual_interval",
                                                      COUNT(*) AS "gaps"
                                                    FROM (
                                                      SELECT
                                                        *
                                                      FROM (
                                                        SELECT
                                                          "t19"."customer_id",
                                                          "t19"."day",
                                                          CAST("t19"."day" - LAG("t19"."day") OVER (PARTITION BY "t19"."customer_id" ORDER BY "t19"."day" ASC) AS DOUBLE) AS "gap"
                                                        FROM (
                                                          SELECT DISTINCT
                                                            "t8"."customer_id",
                                                            "t8"."day"
                                                          FROM "t7" AS "t8"
                                                          WHERE
                                                            "t8"."name" IN ('basket') AND "t8"."day" >= 20163
                                                        ) AS "t19"
                                                      ) AS "t38"
                                                      WHERE
                                                        "t38"."gap" IS NOT NULL
                                                    ) AS "t46"
                                                    GROUP BY
                                                      1
                                                  ) AS "t68"
                                                  WHERE
                                                    "t68"."gaps" >= 3
                                                ) AS "t70"
                                                  ON "t58"."customer_id" = "t70"."customer_id"
                                              ) AS "t71"
                                            ) AS "t73"
                                            LEFT OUTER JOIN (
                                              SELECT
                                                "t56"."customer_id",
                                                "t56"."value" AS "favourite_department"
                                              FROM (
                                                SELECT
                                                  "t42"."customer_id",
                                                  "t42"."value",
                                                  "t42"."weight",
                                                  ROW_NUMBER() OVER (PARTITION BY "t42"."customer_id" ORDER BY "t42"."weight" DESC, "t42"."value" ASC) - 1 AS "place"
                                                FROM (
                                                  SELECT
                                                    *
                                                  FROM (
                                                    SELECT
                                                      "t18"."customer_id",
                                                      "t18"."value",
                                                      COALESCE(SUM("t18"."weight"), 0) AS "weight"
                                                    FROM (
                                                      SELECT
                                                        "t8"."customer_id",
                                                        "t8"."department" AS "value",
                                                        "t8"."amount_cents" AS "weight"
                                                      FROM "t7" AS "t8"
                                                      WHERE
                                                        "t8"."name" IN ('basket') AND "t8"."day" >= 20163
                                                    ) AS "t18"
                                                    GROUP BY
                                                      1,
                                                      2
                                                  ) AS "t28"
                                                  WHERE
                                                    "t28"."value" IS NOT NULL
                                                ) AS "t42"
                                              ) AS "t56"
                                              WHERE
                                                "t56"."place" = 0
                                            ) AS "t65"
                                              ON "t73"."customer_id" = "t65"."customer_id"
                                          ) AS "t74"
                                        ) AS "t76"
                                        LEFT OUTER JOIN (
                                          SELECT
                                            "t55"."customer_id",
                                            "t55"."value" AS "recent_favourite"
                                          FROM (
                                            SELECT
                                              "t41"."customer_id",
                                              "t41"."value",
                                              "t41"."weight",
                                              ROW_NUMBER() OVER (PARTITION BY "t41"."customer_id" ORDER BY "t41"."weight" DESC, "t41"."value" ASC) - 1 AS "place"
                                            FROM (
                                              SELECT
                                                *
                                              FROM (
                                                SELECT
                                                  "t17"."customer_id",
                                                  "t17"."value",
                                                  COALESCE(SUM("t17"."weight"), 0) AS "weight"
                                                FROM (
                                                  SELECT
                                                    "t8"."customer_id",
                                                    "t8"."department" AS "value",
                                                    "t8"."amount_cents" AS "weight"
                                                  FROM "t7" AS "t8"
                                                  WHERE
                                                    "t8"."name" IN ('basket') AND "t8"."day" >= 20438
                                                ) AS "t17"
                                                GROUP BY
                                                  1,
                                                  2
                                              ) AS "t27"
                                              WHERE
                                                "t27"."value" IS NOT NULL
                                            ) AS "t41"
                                          ) AS "t55"
                                          WHERE
                                            "t55"."place" = 0
                                        ) AS "t64"
                                          ON "t76"."customer_id" = "t64"."customer_id"
                                      ) AS "t77"
                                    ) AS "t79"
                                    LEFT OUTER JOIN (
                                      SELECT
                                        "t54"."customer_id",
                                        "t54"."value" AS "previous_favourite"
                                      FROM (
                                        SELECT
                                          "t40"."customer_id",
                                          "t40"."value",
                                          "t40"."weight",
                                          ROW_NUMBER() OVER (PARTITION BY "t40"."customer_id" ORDER BY "t40"."weight" DESC, "t40"."value" ASC) - 1 AS "place"
                                        FROM (
                                          SELECT
                                            *
                                          FROM (
                                            SELECT
                                              "t16"."customer_id",
                                              "t16"."value",
                                              COALESCE(SUM("t16"."weight"), 0) AS "weight"
                                            FROM (
                                              SELECT
                                                "t8"."customer_id",
                                                "t8"."department" AS "value",
                                                "t8"."amount_cents" AS "weight"
                                              FROM "t7" AS "t8"
                                              WHERE
                                                "t8"."name" IN ('basket') AND "t8"."day" < 20438 AND "t8"."day" >= 20073
                                            ) AS "t16"
                                            GROUP BY
                                              1,
                                              2
                                          ) AS "t26"
                                          WHERE
                                            "t26"."value" IS NOT NULL
                                        ) AS "t40"
                                      ) AS "t54"
                                      WHERE
                                        "t54"."place" = 0
                                    ) AS "t63"
                                      ON "t79"."customer_id" = "t63"."customer_id"
                                  ) AS "t80"
                                ) AS "t82"
                                LEFT OUTER JOIN (
                                  SELECT
                                    "t48"."customer_id",
                                    COUNT(*) AS "week_streak"
                                  FROM (
                                    SELECT
                                      *
                                    FROM (
                                      SELECT
                                        "t21"."customer_id",
                                        "t21"."span",
                                        ROW_NUMBER() OVER (PARTITION BY "t21"."customer_id" ORDER BY "t21"."span" DESC) - 1 AS "place",
                                        MAX("t21"."span") OVER (
                                          PARTITION BY "t21"."customer_id"
                                          ORDER BY "t21"."span" DESC
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                        ) AS "newest"
                                      FROM (
                                        SELECT DISTINCT
                                          "t8"."customer_id",
                                          CAST(FLOOR(CAST((
                                            "t8"."day" + 3
                                          ) AS DOUBLE) / (
                                            7
                                          )) AS BIGINT) AS "span"
                                        FROM "t7" AS "t8"
                                        WHERE
                                          "t8"."name" IN ('basket')
                                      ) AS "t21"
                                    ) AS "t37"
                                    WHERE
                                      "t37"."newest" >= 2932 AND (
                                        "t37"."span" + "t37"."place"
                                      ) = "t37"."newest"
                                  ) AS "t48"
                                  GROUP BY
                                    1
                                ) AS "t59"
                                  ON "t82"."customer_id" = "t59"."customer_id"
                              ) AS "t83"
                            ) AS "t85"
                            LEFT OUTER JOIN (
                              SELECT
                                "t52"."customer_id",
                                CAST(FLOOR(AVG(CAST("t52"."spent" AS DOUBLE)) + CAST(0.5 AS DOUBLE)) AS BIGINT) AS "repeat_value"
                              FROM (
                                SELECT
                                  *
                                FROM (
                                  SELECT
                                    "t34"."customer_id",
                                    "t34"."day",
                                    "t34"."spent",
                                    MIN("t34"."day") OVER (
                                      PARTITION BY "t34"."customer_id"
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                    ) AS "first"
                                  FROM (
                                    SELECT
                                      "t20"."customer_id",
                                      "t20"."day",
                                      COALESCE(SUM("t20"."amount_cents"), 0) AS "spent"
                                    FROM "t15" AS "t20"
                                    GROUP BY
                                      1,
                                      2
                                  ) AS "t34"
                                ) AS "t45"
                                WHERE
                                  "t45"."day" > "t45"."first"
                              ) AS "t52"
                              GROUP BY
                                1
                            ) AS "t67"
                              ON "t85"."customer_id" = "t67"."customer_id"
                          ) AS "t86"
                        ) AS "t88"
                        LEFT OUTER JOIN (
                          SELECT
                            "t14"."customer_id",
                            SUM(CAST("t14"."day" >= 20438 AS INTEGER)) AS "emails_90"
                          FROM (
                            SELECT
                              *
                            FROM "t7" AS "t8"
                            WHERE
                              "t8"."name" IN ('email_sent')
                          ) AS "t14"
                          GROUP BY
                            1
                        ) AS "t33"
                          ON "t88"."customer_id" = "t33"."customer_id"
                      ) AS "t89"
                    ) AS "t91"
                    LEFT OUTER JOIN (
                      SELECT
                        "t13"."customer_id",
                        MAX("t13"."at") AS "last_reply_at",
                        SUM(CAST("t13"."day" >= 20163 AS INTEGER)) AS "replies_365"
                      FROM (
                        SELECT
                          *
                        FROM "t7" AS "t8"
                        WHERE
                          "t8"."name" IN ('replied')
                      ) AS "t13"
                      GROUP BY
                        1
                    ) AS "t32"
                      ON "t91"."customer_id" = "t32"."customer_id"
                  ) AS "t92"
                ) AS "t94"
                LEFT OUTER JOIN (
                  SELECT
                    "t31"."customer_id",
                    "t31"."felt_understood"
                  FROM (
                    SELECT
                      "t12"."customer_id",
                      "t12"."at",
                      "t12"."id",
                      "t12"."felt_understood",
                      ROW_NUMBER() OVER (PARTITION BY "t12"."customer_id" ORDER BY "t12"."at" DESC, "t12"."id" DESC) - 1 AS "place"
                    FROM (
                      SELECT
                        "t8"."customer_id",
                        "t8"."at",
                        "t8"."id",
                        "t8"."answer" AS "felt_understood"
                      FROM "t7" AS "t8"
                      WHERE
                        "t8"."name" IN ('felt_understood')
                    ) AS "t12"
                  ) AS "t31"
                  WHERE
                    "t31"."place" = 0
                ) AS "t44"
                  ON "t94"."customer_id" = "t44"."customer_id"
              ) AS "t95"
            ) AS "t97"
            LEFT OUTER JOIN (
              SELECT
                "t11"."customer_id",
                SUM(CAST("t11"."day" >= 20438 AS INTEGER)) AS "engaged_90",
                MAX("t11"."at") AS "last_engaged_at"
              FROM (
                SELECT
                  *
                FROM "t7" AS "t8"
                WHERE
                  "t8"."name" IN ('replied', 'wrote', 'asked_for_call', 'felt_understood')
              ) AS "t11"
              GROUP BY
                1
            ) AS "t30"
              ON "t97"."customer_id" = "t30"."customer_id"
          ) AS "t98"
        ) AS "t100"
        LEFT OUTER JOIN (
          SELECT
            "t10"."customer_id",
            SUM(CAST("t10"."day" >= 20438 AS INTEGER)) AS "clicks_90"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('clicked')
          ) AS "t10"
          GROUP BY
            1
        ) AS "t29"
          ON "t100"."customer_id" = "t29"."customer_id"
      ) AS "t101"
    ) AS "t103"
    LEFT OUTER JOIN (
      SELECT
        "t47"."customer_id",
        COUNT(*) AS "emails_unanswered"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t9"."id",
            "t9"."customer_id",
            "t9"."name",
            "t9"."at",
            "t9"."properties",
            "t9"."day",
            "t9"."amount_cents",
            "t9"."items",
            "t9"."department",
            "t9"."discount_cents",
            "t9"."answer",
            "t9"."name" = 'email_sent' AS "sent",
            MAX("t9"."at") FILTER(WHERE
              NOT (
                "t9"."name" = 'email_sent'
              )) OVER (
              PARTITION BY "t9"."customer_id"
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "answered"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('email_sent', 'replied', 'wrote', 'asked_for_call', 'felt_understood')
          ) AS "t9"
        ) AS "t35"
        WHERE
          "t35"."sent"
          AND (
            (
              "t35"."answered" IS NULL
            ) OR (
              "t35"."at" > "t35"."answered"
            )
          )
      ) AS "t47"
      GROUP BY
        1
    ) AS "t57"
      ON "t103"."customer_id" = "t57"."customer_id"
  ) AS "t104"
) AS "t105";

-- forms
WITH "t7" AS (
  SELECT
    "t6"."id",
    "t6"."customer_id",
    "t6"."name",
    "t6"."at",
    "t6"."properties",
    "t6"."day",
    "t6"."amount_cents",
    "t6"."items",
    "t6"."department",
    "t6"."discount_cents",
    "t6"."answer"
  FROM (
    SELECT
      *
    FROM "event" AS "t0"
    WHERE
      "t0"."day" <= 20528
  ) AS "t6"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "touched" AS "t3"
      WHERE
        "t6"."customer_id" = "t3"."customer_id"
    )
)
SELECT
  "t61"."customer_id",
  "t61"."first_name",
  "t61"."language",
  "t61"."time_zone",
  "t61"."attributes",
  "t61"."created_at",
  COALESCE("t61"."visits", 0) AS "visits",
  COALESCE("t61"."visits_9", 0) AS "visits_9",
  COALESCE("t61"."spent", 0) AS "spent",
  COALESCE("t61"."seats_20", 0) AS "seats_20",
  "t61"."first_visit",
  "t61"."last_meat",
  "t61"."first_seats",
  "t61"."last_department",
  "t61"."usual_place",
  COALESCE("t61"."places", 0) AS "places",
  "t61"."since_visit",
  "t61"."since_meat",
  "t61"."interval",
  COALESCE("t61"."day_streak", 0) AS "day_streak",
  COALESCE("t61"."weeks", 0) AS "weeks",
  "t61"."lately",
  "t61"."spent_lately",
  "t61"."anniversary"
FROM (
  SELECT
    "t60"."customer_id",
    "t60"."first_name",
    "t60"."language",
    "t60"."time_zone",
    "t60"."attributes",
    "t60"."created_at",
    "t60"."visits",
    "t60"."visits_9",
    "t60"."spent",
    "t60"."seats_20",
    "t60"."first_visit",
    "t60"."last_meat",
    "t60"."places",
    "t60"."since_visit",
    "t60"."since_meat",
    "t60"."lately",
    "t60"."spent_lately",
    "t60"."anniversary",
    "t60"."first_seats",
    "t60"."last_department",
    "t60"."usual_place",
    "t60"."interval",
    "t60"."day_streak",
    "t60"."weeks"
  FROM (
    SELECT
      "t59"."customer_id",
      "t59"."first_name",
      "t59"."language",
      "t59"."time_zone",
      "t59"."attributes",
      "t59"."created_at",
      "t59"."visits",
      "t59"."visits_9",
      "t59"."spent",
      "t59"."seats_20",
      "t59"."first_visit",
      "t59"."last_meat",
      "t59"."places",
      "t59"."since_visit",
      "t59"."since_meat",
      "t59"."lately",
      "t59"."spent_lately",
      "t59"."anniversary",
      "t59"."first_seats",
      "t59"."last_department",
      "t59"."usual_place",
      "t59"."interval",
      "t59"."day_streak",
      "t31"."customer_id" AS "customer_id_right",
      "t31"."weeks"
    FROM (
      SELECT
        "t57"."customer_id",
        "t57"."first_name",
        "t57"."language",
        "t57"."time_zone",
        "t57"."attributes",
        "t57"."created_at",
        "t57"."visits",
        "t57"."visits_9",
        "t57"."spent",
        "t57"."seats_20",
        "t57"."first_visit",
        "t57"."last_meat",
        "t57"."places",
        "t57"."since_visit",
        "t57"."since_meat",
        "t57"."lately",
        "t57"."spent_lately",
        "t57"."anniversary",
        "t57"."first_seats",
        "t57"."last_department",
        "t57"."usual_place",
        "t57"."interval",
        "t57"."day_streak"
      FROM (
        SELECT
          "t56"."customer_id",
          "t56"."first_name",
          "t56"."language",
          "t56"."time_zone",
          "t56"."attributes",
          "t56"."created_at",
          "t56"."visits",
          "t56"."visits_9",
          "t56"."spent",
          "t56"."seats_20",
          "t56"."first_visit",
          "t56"."last_meat",
          "t56"."places",
          "t56"."since_visit",
          "t56"."since_meat",
          "t56"."lately",
          "t56"."spent_lately",
          "t56"."anniversary",
          "t56"."first_seats",
          "t56"."last_department",
          "t56"."usual_place",
          "t56"."interval",
          "t32"."customer_id" AS "customer_id_right",
          "t32"."day_streak"
        FROM (
          SELECT
            "t54"."customer_id",
            "t54"."first_name",
            "t54"."language",
            "t54"."time_zone",
            "t54"."attributes",
            "t54"."created_at",
            "t54"."visits",
            "t54"."visits_9",
            "t54"."spent",
            "t54"."seats_20",
            "t54"."first_visit",
            "t54"."last_meat",
            "t54"."places",
            "t54"."since_visit",
            "t54"."since_meat",
            "t54"."lately",
            "t54"."spent_lately",
            "t54"."anniversary",
            "t54"."first_seats",
            "t54"."last_department",
            "t54"."usual_place",
            "t54"."interval"
          FROM (
            SELECT
              "t53"."customer_id",
              "t53"."first_name",
              "t53"."language",
              "t53"."time_zone",
              "t53"."attributes",
              "t53"."created_at",
              "t53"."visits",
              "t53"."visits_9",
              "t53"."spent",
              "t53"."seats_20",
              "t53"."first_visit",
              "t53"."last_meat",
              "t53"."places",
              "t53"."since_visit",
              "t53"."since_meat",
              "t53"."lately",
              "t53"."spent_lately",
              "t53"."anniversary",
              "t53"."first_seats",
              "t53"."last_department",
              "t53"."usual_place",
              "t44"."customer_id" AS "customer_id_right",
              "t44"."interval"
            FROM (
              SELECT
                "t51"."customer_id",
                "t51"."first_name",
                "t51"."language",
                "t51"."time_zone",
                "t51"."attributes",
                "t51"."created_at",
                "t51"."visits",
                "t51"."visits_9",
                "t51"."spent",
                "t51"."seats_20",
                "t51"."first_visit",
                "t51"."last_meat",
                "t51"."places",
                "t51"."since_visit",
                "t51"."since_meat",
                "t51"."lately",
                "t51"."spent_lately",
                "t51"."anniversary",
                "t51"."first_seats",
                "t51"."last_department",
                "t51"."usual_place"
              FROM (
                SELECT
                  "t50"."customer_id",
                  "t50"."first_name",
                  "t50"."language",
                  "t50"."time_zone",
                  "t50"."attributes",
                  "t50"."created_at",
                  "t50"."visits",
                  "t50"."visits_9",
                  "t50"."spent",
                  "t50"."seats_20",
                  "t50"."first_visit",
                  "t50"."last_meat",
                  "t50"."places",
                  "t50"."since_visit",
                  "t50"."since_meat",
                  "t50"."lately",
                  "t50"."spent_lately",
                  "t50"."anniversary",
                  "t50"."first_seats",
                  "t50"."last_department",
                  "t40"."customer_id" AS "customer_id_right",
                  "t40"."usual_place"
                FROM (
                  SELECT
                    "t48"."customer_id",
                    "t48"."first_name",
                    "t48"."language",
                    "t48"."time_zone",
                    "t48"."attributes",
                    "t48"."created_at",
                    "t48"."visits",
                    "t48"."visits_9",
                    "t48"."spent",
                    "t48"."seats_20",
                    "t48"."first_visit",
                    "t48"."last_meat",
                    "t48"."places",
                    "t48"."since_visit",
                    "t48"."since_meat",
                    "t48"."lately",
                    "t48"."spent_lately",
                    "t48"."anniversary",
                    "t48"."first_seats",
                    "t48"."last_department"
                  FROM (
                    SELECT
                      "t47"."customer_id",
                      "t47"."first_name",
                      "t47"."language",
                      "t47"."time_zone",
                      "t47"."attributes",
                      "t47"."created_at",
                      "t47"."visits",
                      "t47"."visits_9",
                      "t47"."spent",
                      "t47"."seats_20",
                      "t47"."first_visit",
                      "t47"."last_meat",
                      "t47"."places",
                      "t47"."since_visit",
                      "t47"."since_meat",
                      "t47"."lately",
                      "t47"."spent_lately",
                      "t47"."anniversary",
                      "t47"."first_seats",
                      "t22"."customer_id" AS "customer_id_right",
                      "t22"."last_department"
                    FROM (
                      SELECT
                        "t45"."customer_id",
                        "t45"."first_name",
                        "t45"."language",
                        "t45"."time_zone",
                        "t45"."attributes",
                        "t45"."created_at",
                        "t45"."visits",
                        "t45"."visits_9",
                        "t45"."spent",
                        "t45"."seats_20",
                        "t45"."first_visit",
                        "t45"."last_meat",
                        "t45"."places",
                        "t45"."since_visit",
                        "t45"."since_meat",
                        "t45"."lately",
                        "t45"."spent_lately",
                        "t45"."anniversary",
                        "t45"."first_seats"
                      FROM (
                        SELECT
                          "t42"."customer_id",
                          "t42"."first_name",
                          "t42"."language",
                          "t42"."time_zone",
                          "t42"."attributes",
                          "t42"."created_at",
                          "t42"."visits",
                          "t42"."visits_9",
                          "t42"."spent",
                          "t42"."seats_20",
                          "t42"."first_visit",
                          "t42"."last_meat",
                          "t42"."places",
                          "t42"."since_visit",
                          "t42"."since_meat",
                          "t42"."lately",
                          "t42"."spent_lately",
                          "t42"."anniversary",
                          "t33"."customer_id" AS "customer_id_right",
                          "t33"."first_seats"
                        FROM (
                          SELECT
                            "t39"."customer_id",
                            "t39"."first_name",
                            "t39"."language",
                            "t39"."time_zone",
                            "t39"."attributes",
                            "t39"."created_at",
                            "t39"."visits",
                            "t39"."visits_9",
                            "t39"."spent",
                            "t39"."seats_20",
                            "t39"."first_visit",
                            "t39"."last_meat",
                            "t39"."places",
                            "t39"."since_visit",
                            "t39"."since_meat",
                            "t39"."lately",
                            "t39"."spent_lately",
                            "t39"."anniversary"
                          FROM (
                            SELECT
                              "t4"."customer_id",
                              "t4"."first_name",
                              "t4"."language",
                              "t4"."time_zone",
                              "t4"."attributes",
                              "t4"."created_at",
                              "t35"."customer_id" AS "customer_id_right",
                              "t35"."visits",
                              "t35"."visits_9",
                              "t35"."spent",
                              "t35"."seats_20",
                              "t35"."first_visit",
                              "t35"."last_meat",
                              "t35"."places",
                              "t35"."since_visit",
                              "t35"."since_meat",
                              "t35"."lately",
                              "t35"."spent_lately",
                              "t35"."anniversary"
                            FROM "customer" AS "t4"
                            LEFT OUTER JOIN (
                              SELECT
                                "t10"."customer_id",
                                COUNT(*) AS "visits",
                                COUNT(*) FILTER(WHERE
                                  COALESCE(LOWER("t10"."department") = LOWER('meat'), FALSE)
                                  AND COALESCE(
                                    TRY_CAST(NULLIF(
                                      CAST(JSON_EXTRACT(TRY_CAST("t10"."properties" AS JSON), FORMAT('$["%s"]', 'seats')) AS VARCHAR),
                                      'null'
                                    ) AS DOUBLE) >= 2,
                                    FALSE
                                  )
                                  AND (
                                    "t10"."day" >= 20519
                                  )) AS "visits_9",
                                SUM("t10"."amount_cents") AS "spent",
                                CAST(FLOOR(
                                  SUM(
                                    TRY_CAST(NULLIF(
                                      CAST(JSON_EXTRACT(TRY_CAST("t10"."properties" AS JSON), FORMAT('$["%s"]', 'seats')) AS VARCHAR),
                                      'null'
                                    ) AS DOUBLE)
                                  ) FILTER(WHERE
                                    "t10"."day" >= 20508) + CAST(0.5 AS DOUBLE)
                                ) AS BIGINT) AS "seats_20",
                                MIN("t10"."at") AS "first_visit",
                                MAX("t10"."at") FILTER(WHERE
                                  COALESCE(LOWER("t10"."department") IN (LOWER('Meat')), FALSE)) AS "last_meat",
                                COUNT(
                                  DISTINCT COALESCE(
                                    JSON_VALUE(
                                      JSON_FORMAT(JSON_EXTRACT(TRY_CAST("t10"."properties" AS JSON), FORMAT('$["%s"]', 'place'))),
                                      'strict $?($.type() == "string")'
                                    ),
                                    NULLIF(
                                      CAST(JSON_EXTRACT(TRY_CAST("t10"."properties" AS JSON), FORMAT('$["%s"]', 'place')) AS VARCHAR),
                                      'null'
                                    )
                                  )
                                ) AS "places",
                                20528 - MAX("t10"."day") AS "since_visit",
                                20528 - MAX("t10"."day") FILTER(WHERE
                                  COALESCE(NOT (
                                    COALESCE(LOWER("t10"."department") = LOWER('Bakery'), FALSE)
                                  ), FALSE)) AS "since_meat",
                                COALESCE(COUNT(*) FILTER(WHERE
                                  "t10"."day" >= 20521), 0) / CAST(NULLIF(
                                  COUNT(*) FILTER(WHERE
                                    (
                                      "t10"."day" >= 20514
                                    ) AND (
                                      "t10"."day" <= 20520
                                    )),
                                  0
                                ) AS DOUBLE) AS "lately",
                                COALESCE(SUM("t10"."amount_cents") FILTER(WHERE
                                  "t10"."day" >= 20514), 0) / CAST(NULLIF(
                                  SUM("t10"."amount_cents") FILTER(WHERE
                                    (
                                      "t10"."day" >= 20500
                                    ) AND (
                                      "t10"."day" <= 20513
                                    )),
                                  0
                                ) AS DOUBLE) AS "spent_lately",
                                CAST(FLOOR(
                                  CAST((
                                    TO_UNIXTIME(
                                      CAST(IF(
                                        (
                                          DATE(MIN("t10"."at")) + (
                                            GREATEST(2026 - EXTRACT(year FROM DATE(MIN("t10"."at"))), 1) * INTERVAL '1' YEAR
                                          )
                                        ) >= FROM_ISO8601_DATE('2026-03-16'),
                                        DATE(MIN("t10"."at")) + (
                                          GREATEST(2026 - EXTRACT(year FROM DATE(MIN("t10"."at"))), 1) * INTERVAL '1' YEAR
                                        ),
                                        DATE(MIN("t10"."at")) + (
                                          (
                                            GREATEST(2026 - EXTRACT(year FROM DATE(MIN("t10"."at"))), 1) + 1
                                          ) * INTERVAL '1' YEAR
                                        )
                                      ) AS TIMESTAMP)
                                    )
                                  ) AS DOUBLE) / (
                                    86400
                                  )
                                ) AS BIGINT) - 20528 AS "anniversary"
                              FROM (
                                SELECT
                                  *
                                FROM "t7" AS "t8"
                                WHERE
                                  "t8"."name" IN ('visit')
                              ) AS "t10"
                              GROUP BY
                                1
                            ) AS "t35"
                              ON "t4"."customer_id" = "t35"."customer_id"
                            WHERE
                              EXISTS(
                                SELECT
                                  1
                                FROM "touched" AS "t3"
                                WHERE
                                  "t4"."customer_id" = "t3"."customer_id"
                              )
                          ) AS "t39"
                        ) AS "t42"
                        LEFT OUTER JOIN (
                          SELECT
                            "t24"."customer_id",
                            "t24"."first_seats"
                          FROM (
                            SELECT
                              "t15"."customer_id",
                              "t15"."at",
                              "t15"."id",
                              "t15"."first_seats",
                              ROW_NUMBER() OVER (PARTITION BY "t15"."customer_id" ORDER BY "t15"."at" ASC, "t15"."id" ASC) - 1 AS "place"
                            FROM (
                              SELECT
                                "t8"."customer_id",
                                "t8"."at",
                                "t8"."id",
                                TRY_CAST(NULLIF(
                                  CAST(JSON_EXTRACT(TRY_CAST("t8"."properties" AS JSON), FORMAT('$["%s"]', 'seats')) AS VARCHAR),
                                  'null'
                                ) AS DOUBLE) AS "first_seats"
                              FROM "t7" AS "t8"
                              WHERE
                                "t8"."name" IN ('visit')
                            ) AS "t15"
                          ) AS "t24"
                          WHERE
                            "t24"."place" = 0
                        ) AS "t33"
                          ON "t42"."customer_id" = "t33"."customer_id"
                      ) AS "t45"
                    ) AS "t47"
                    LEFT OUTER JOIN (
                      SELECT
                        "t16"."customer_id",
                        "t16"."last_department"
                      FROM (
                        SELECT
                          "t9"."customer_id",
                          "t9"."at",
                          "t9"."id",
                          "t9"."last_department",
                          ROW_NUMBER() OVER (PARTITION BY "t9"."customer_id" ORDER BY "t9"."at" DESC, "t9"."id" DESC) - 1 AS "place"
                        FROM (
                          SELECT
                            "t8"."customer_id",
                            "t8"."at",
                            "t8"."id",
                            "t8"."department" AS "last_department"
                          FROM "t7" AS "t8"
                          WHERE
                            "t8"."name" IN ('visit')
                        ) AS "t9"
                      ) AS "t16"
                      WHERE
                        "t16"."place" = 0
                    ) AS "t22"
                      ON "t47"."customer_id" = "t22"."customer_id"
                  ) AS "t48"
                ) AS "t50"
                LEFT OUTER JOIN (
                  SELECT
                    "t36"."customer_id",
                    "t36"."value" AS "usual_place"
                  FROM (
                    SELECT
                      "t27"."customer_id",
                      "t27"."value",
                      "t27"."weight",
                      ROW_NUMBER() OVER (PARTITION BY "t27"."customer_id" ORDER BY "t27"."weight" DESC, "t27"."value" ASC) - 1 AS "place"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t14"."customer_id",
                          "t14"."value",
                          COALESCE(SUM("t14"."weight"), 0) AS "weight"
                        FROM (
                          SELECT
                            "t8"."customer_id",
                            COALESCE(
                              JSON_VALUE(
                                JSON_FORMAT(JSON_EXTRACT(TRY_CAST("t8"."properties" AS JSON), FORMAT('$["%s"]', 'place'))),
                                'strict $?($.type() == "string")'
                              ),
                              NULLIF(
                                CAST(JSON_EXTRACT(TRY_CAST("t8"."properties" AS JSON), FORMAT('$["%s"]', 'place')) AS VARCHAR),
                                'null'
                              )
                            ) AS "value",
                            1 AS "weight"
                          FROM "t7" AS "t8"
                          WHERE
                            "t8"."name" IN ('visit') AND "t8"."day" >= 20498
                        ) AS "t14"
                        GROUP BY
                          1,
                          2
                      ) AS "t21"
                      WHERE
                        "t21"."value" IS NOT NULL
                    ) AS "t27"
                  ) AS "t36"
                  WHERE
                    "t36"."place" = 0
                ) AS "t40"
                  ON "t50"."customer_id" = "t40"."customer_id"
              ) AS "t51"
            ) AS "t53"
            LEFT OUTER JOIN (
              SELECT
                "t37"."customer_id",
                "t37"."interval"
              FROM (
                SELECT
                  "t23"."customer_id",
                  CAST((
                    ELEMENT_AT(
                      ARRAY_SORT(ARRAY_AGG("t23"."gap") FILTER(WHERE
                        "t23"."gap" IS NOT NULL)),
                      CAST(FLOOR(
                        CAST((
                          CARDINALITY(ARRAY_SORT(ARRAY_AGG("t23"."gap") FILTER(WHERE
                            "t23"."gap" IS NOT NULL))) - 1
                        ) AS DOUBLE) / (
                          2
                        )
                      ) AS BIGINT) + 1
                    ) + ELEMENT_AT(
                      ARRAY_SORT(ARRAY_AGG("t23"."gap") FILTER(WHERE
                        "t23"."gap" IS NOT NULL)),
                      CAST(FLOOR(
                        CAST((
                          CARDINALITY(ARRAY_SORT(ARRAY_AGG("t23"."gap") FILTER(WHERE
                            "t23"."gap" IS NOT NULL)))
                        ) AS DOUBLE) / (
                          2
                        )
                      ) AS BIGINT) + 1
                    )
                  ) AS DOUBLE) / 2 AS "interval",
                  COUNT(*) AS "gaps"
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t11"."customer_id",
                      "t11"."day",
                      CAST("t11"."day" - LAG("t11"."day") OVER (PARTITION BY "t11"."customer_id" ORDER BY "t11"."day" ASC) AS DOUBLE) AS "gap"
                    FROM (
                      SELECT DISTINCT
                        "t8"."customer_id",
                        "t8"."day"
                      FROM "t7" AS "t8"
                      WHERE
                        "t8"."name" IN ('visit') AND "t8"."day" >= 20468
                    ) AS "t11"
                  ) AS "t19"
                  WHERE
                    "t19"."gap" IS NOT NULL
                ) AS "t23"
                GROUP BY
                  1
              ) AS "t37"
              WHERE
                "t37"."gaps" >= 3
            ) AS "t44"
              ON "t53"."customer_id" = "t44"."customer_id"
          ) AS "t54"
        ) AS "t56"
        LEFT OUTER JOIN (
          SELECT
            "t26"."customer_id",
            COUNT(*) AS "day_streak"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t13"."customer_id",
                "t13"."span",
                ROW_NUMBER() OVER (PARTITION BY "t13"."customer_id" ORDER BY "t13"."span" DESC) - 1 AS "place",
                MAX("t13"."span") OVER (
                  PARTITION BY "t13"."customer_id"
                  ORDER BY "t13"."span" DESC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS "newest"
              FROM (
                SELECT DISTINCT
                  "t8"."customer_id",
                  CAST(FLOOR(CAST((
                    "t8"."day" + 0
                  ) AS DOUBLE) / (
                    1
                  )) AS BIGINT) AS "span"
                FROM "t7" AS "t8"
                WHERE
                  "t8"."name" IN ('visit')
              ) AS "t13"
            ) AS "t18"
            WHERE
              "t18"."newest" >= 20527 AND (
                "t18"."span" + "t18"."place"
              ) = "t18"."newest"
          ) AS "t26"
          GROUP BY
            1
        ) AS "t32"
          ON "t56"."customer_id" = "t32"."customer_id"
      ) AS "t57"
    ) AS "t59"
    LEFT OUTER JOIN (
      SELECT
        "t25"."customer_id",
        COUNT(*) AS "weeks"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t12"."customer_id",
            "t12"."span",
            ROW_NUMBER() OVER (PARTITION BY "t12"."customer_id" ORDER BY "t12"."span" DESC) - 1 AS "place",
            MAX("t12"."span") OVER (
              PARTITION BY "t12"."customer_id"
              ORDER BY "t12"."span" DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "newest"
          FROM (
            SELECT DISTINCT
              "t8"."customer_id",
              CAST(FLOOR(CAST((
                "t8"."day" + 3
              ) AS DOUBLE) / (
                7
              )) AS BIGINT) AS "span"
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('visit')
          ) AS "t12"
        ) AS "t17"
        WHERE
          "t17"."newest" >= 2932 AND (
            "t17"."span" + "t17"."place"
          ) = "t17"."newest"
      ) AS "t25"
      GROUP BY
        1
    ) AS "t31"
      ON "t59"."customer_id" = "t31"."customer_id"
  ) AS "t60"
) AS "t61";
