-- anniversary
SELECT
  "t0"."customer_id" AS "customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."anniversary_in" <= 7, FALSE)
  AND COALESCE("t0"."week_streak" >= 8, FALSE);

-- new-favourite
SELECT
  "t0"."customer_id" AS "customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE(isNotNull("t0"."new_favourite"), FALSE)
  AND COALESCE("t0"."baskets_90" >= 5, FALSE);

-- quiet-after-heavy-use
SELECT
  "t0"."customer_id" AS "customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."baskets_365" >= 40, FALSE)
  AND COALESCE("t0"."baskets_30" <= 1, FALSE);

-- win-back
SELECT
  "t0"."customer_id" AS "customer_id"
FROM "insight" AS "t0"
WHERE
  TRUE
  AND COALESCE("t0"."overdue_ratio" >= 2.5, FALSE)
  AND COALESCE("t0"."days_since_basket" >= 28, FALSE)
  AND COALESCE("t0"."baskets_365" >= 12, FALSE);

-- windows
SELECT
  "t19"."customer_id" AS "customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    TRUE
    AND COALESCE(LOWER("t0"."language") IN (LOWER('en'), LOWER('DE')), FALSE)
    AND CAST("t0"."customer_id" IN (
      SELECT
        "t17"."customer_id" AS "customer_id"
      FROM (
        SELECT
          "t15"."customer_id" AS "customer_id",
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
              AND "t1"."at" <= parseDateTimeBestEffort('2026-03-16T10:00:00')
              AND COALESCE("t1"."amount_cents" >= 2000, FALSE)
              AND "t1"."at" >= parseDateTimeBestEffort('2025-12-16T00:00:00')
          ) AS "t7"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t11"."id" AS "id",
              "t11"."customer_id" AS "customer_id",
              "t11"."name" AS "name",
              "t11"."at" AS "at",
              "t11"."properties" AS "properties",
              "t11"."day" AS "day",
              "t11"."amount_cents" AS "amount_cents",
              "t11"."items" AS "items",
              "t11"."department" AS "department",
              "t11"."discount_cents" AS "discount_cents",
              "t11"."answer" AS "answer"
            FROM (
              SELECT
                "t9"."id" AS "id",
                "t9"."customer_id" AS "customer_id",
                "t9"."name" AS "name",
                "t9"."at" AS "at",
                "t9"."properties" AS "properties",
                "t9"."day" AS "day",
                "t9"."amount_cents" AS "amount_cents",
                "t9"."items" AS "items",
                "t9"."department" AS "department",
                "t9"."discount_cents" AS "discount_cents",
                "t9"."answer" AS "answer",
                "t3"."time_zone" AS "time_zone"
              FROM (
                SELECT
                  *
                FROM "event" AS "t1"
                WHERE
                  "t1"."name" = 'basket'
                  AND "t1"."at" <= parseDateTimeBestEffort('2026-03-16T10:00:00')
                  AND COALESCE("t1"."amount_cents" >= 2000, FALSE)
                  AND "t1"."at" >= parseDateTimeBestEffort('2025-12-15T15:00:00')
                  AND "t1"."at" < parseDateTimeBestEffort('2025-12-16T00:00:00')
              ) AS "t9"
              INNER JOIN (
                SELECT
                  "t0"."customer_id" AS "customer_id",
                  "t0"."time_zone" AS "time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t9"."customer_id" = "t3"."customer_id"
            ) AS "t11"
            WHERE
              (
                (
                  "t11"."at" >= parseDateTimeBestEffort('2025-12-16T00:00:00')
                )
                AND (
                  "t11"."at" < parseDateTimeBestEffort('2026-03-17T00:00:00')
                )
                AND NOT (
                  "t11"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t11"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t11"."at" >= parseDateTimeBestEffort('2025-12-15T23:00:00')
                  )
                  AND (
                    "t11"."at" < parseDateTimeBestEffort('2026-03-16T23:00:00')
                  )
                )
              )
              OR (
                "t11"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t11"."at" >= parseDateTimeBestEffort('2025-12-15T15:00:00')
                  )
                  AND (
                    "t11"."at" < parseDateTimeBestEffort('2026-03-16T15:00:00')
                  )
                )
              )
          ) AS "t14"
        ) AS "t15"
        GROUP BY
          "t15"."customer_id"
      ) AS "t17"
      WHERE
        "t17"."times" >= 2
    ) AS Nullable(Bool))
    AND NOT (
      CAST("t0"."customer_id" IN (
        SELECT
          "t13"."customer_id" AS "customer_id"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM "event" AS "t1"
            WHERE
              "t1"."name" = 'opened'
              AND "t1"."at" <= parseDateTimeBestEffort('2026-03-16T10:00:00')
              AND "t1"."at" >= parseDateTimeBestEffort('2026-03-09T00:00:00')
          ) AS "t4"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t10"."id" AS "id",
              "t10"."customer_id" AS "customer_id",
              "t10"."name" AS "name",
              "t10"."at" AS "at",
              "t10"."properties" AS "properties",
              "t10"."day" AS "day",
              "t10"."amount_cents" AS "amount_cents",
              "t10"."items" AS "items",
              "t10"."department" AS "department",
              "t10"."discount_cents" AS "discount_cents",
              "t10"."answer" AS "answer"
            FROM (
              SELECT
                "t6"."id" AS "id",
                "t6"."customer_id" AS "customer_id",
                "t6"."name" AS "name",
                "t6"."at" AS "at",
                "t6"."properties" AS "properties",
                "t6"."day" AS "day",
                "t6"."amount_cents" AS "amount_cents",
                "t6"."items" AS "items",
                "t6"."department" AS "department",
                "t6"."discount_cents" AS "discount_cents",
                "t6"."answer" AS "answer",
                "t3"."time_zone" AS "time_zone"
              FROM (
                SELECT
                  *
                FROM "event" AS "t1"
                WHERE
                  "t1"."name" = 'opened'
                  AND "t1"."at" <= parseDateTimeBestEffort('2026-03-16T10:00:00')
                  AND "t1"."at" >= parseDateTimeBestEffort('2026-03-08T15:00:00')
                  AND "t1"."at" < parseDateTimeBestEffort('2026-03-09T00:00:00')
              ) AS "t6"
              INNER JOIN (
                SELECT
                  "t0"."customer_id" AS "customer_id",
                  "t0"."time_zone" AS "time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t6"."customer_id" = "t3"."customer_id"
            ) AS "t10"
            WHERE
              (
                (
                  "t10"."at" >= parseDateTimeBestEffort('2026-03-09T00:00:00')
                )
                AND (
                  "t10"."at" < parseDateTimeBestEffort('2026-03-17T00:00:00')
                )
                AND NOT (
                  "t10"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t10"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t10"."at" >= parseDateTimeBestEffort('2026-03-08T23:00:00')
                  )
                  AND (
                    "t10"."at" < parseDateTimeBestEffort('2026-03-16T23:00:00')
                  )
                )
              )
              OR (
                "t10"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t10"."at" >= parseDateTimeBestEffort('2026-03-08T15:00:00')
                  )
                  AND (
                    "t10"."at" < parseDateTimeBestEffort('2026-03-16T15:00:00')
                  )
                )
              )
          ) AS "t12"
        ) AS "t13"
      ) AS Nullable(Bool))
    )
) AS "t19";

-- attributes
SELECT
  "t1"."customer_id" AS "customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    COALESCE(
      LOWER(
        COALESCE(
          nullIf(JSONExtractString("t0"."attributes", 'tier'), ''),
          nullIf(
            CAST(nullIf(JSONExtractRaw("t0"."attributes", 'tier'), '') AS Nullable(String)),
            'null'
          )
        )
      ) = LOWER('gold'),
      FALSE
    )
    OR COALESCE(
      accurateCastOrNull(
        nullIf(
          CAST(nullIf(JSONExtractRaw("t0"."attributes", 'points'), '') AS Nullable(String)),
          'null'
        ),
        'Nullable(Float64)'
      ) > 100,
      FALSE
    )
) AS "t1";

-- insights
WITH "t7" AS (
  SELECT
    "t6"."id" AS "id",
    "t6"."customer_id" AS "customer_id",
    "t6"."name" AS "name",
    "t6"."at" AS "at",
    "t6"."properties" AS "properties",
    "t6"."day" AS "day",
    "t6"."amount_cents" AS "amount_cents",
    "t6"."items" AS "items",
    "t6"."department" AS "department",
    "t6"."discount_cents" AS "discount_cents",
    "t6"."answer" AS "answer"
  FROM (
    SELECT
      *
    FROM "event" AS "t0"
    WHERE
      "t0"."day" <= 20528
  ) AS "t6"
  LEFT SEMI JOIN "touched" AS "t3"
    ON "t6"."customer_id" = "t3"."customer_id"
), "t15" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('basket')
)
SELECT
  "t105"."customer_id" AS "customer_id",
  "t105"."first_name" AS "first_name",
  "t105"."language" AS "language",
  "t105"."time_zone" AS "time_zone",
  "t105"."attributes" AS "attributes",
  "t105"."created_at" AS "created_at",
  "t105"."first_basket_at" AS "first_basket_at",
  "t105"."last_basket_at" AS "last_basket_at",
  COALESCE("t105"."baskets_30", 0) AS "baskets_30",
  COALESCE("t105"."spend_30", 0) AS "spend_30",
  COALESCE("t105"."baskets_90", 0) AS "baskets_90",
  COALESCE("t105"."spend_90", 0) AS "spend_90",
  COALESCE("t105"."baskets_365", 0) AS "baskets_365",
  COALESCE("t105"."spend_365", 0) AS "spend_365",
  "t105"."usual_interval" AS "usual_interval",
  "t105"."favourite_department" AS "favourite_department",
  "t105"."recent_favourite" AS "recent_favourite",
  "t105"."previous_favourite" AS "previous_favourite",
  COALESCE("t105"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR((
    toRelativeSecondNum("t105"."last_basket_at")
  ) / (
    86400
  )) AS Nullable(Int64)) AS "days_since_basket",
  (
    20528 - CAST(FLOOR((
      toRelativeSecondNum("t105"."last_basket_at")
    ) / (
      86400
    )) AS Nullable(Int64))
  ) / "t105"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    (
      toRelativeSecondNum(
        CAST(CASE
          WHEN (
            toDate("t105"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t105"."first_basket_at")), 1)) YEAR
          ) >= toDate('2026-03-16')
          THEN toDate("t105"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t105"."first_basket_at")), 1)) YEAR
          ELSE toDate("t105"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t105"."first_basket_at")), 1) + 1) YEAR
        END AS Nullable(DateTime))
      )
    ) / (
      86400
    )
  ) AS Nullable(Int64)) - 20528 AS "anniversary_in",
  toYear(
    CASE
      WHEN (
        toDate("t105"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t105"."first_basket_at")), 1)) YEAR
      ) >= toDate('2026-03-16')
      THEN toDate("t105"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t105"."first_basket_at")), 1)) YEAR
      ELSE toDate("t105"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t105"."first_basket_at")), 1) + 1) YEAR
    END
  ) - toYear("t105"."first_basket_at") AS "years",
  CASE
    WHEN "t105"."recent_favourite" <> "t105"."previous_favourite"
    THEN "t105"."recent_favourite"
    ELSE CAST(NULL AS Nullable(String))
  END AS "new_favourite",
  COALESCE("t105"."repeats", 0) AS "repeats",
  COALESCE("t105"."days_with_us", 0) AS "days_with_us",
  "t105"."repeat_value" AS "repeat_value",
  COALESCE("t105"."baskets_ever", 0) AS "baskets_ever",
  COALESCE("t105"."spend_before_90", 0) AS "spend_before_90",
  COALESCE("t105"."emails_90", 0) AS "emails_90",
  "t105"."last_reply_at" AS "last_reply_at",
  COALESCE("t105"."replies_365", 0) AS "replies_365",
  "t105"."felt_understood" AS "felt_understood",
  COALESCE("t105"."engaged_90", 0) AS "engaged_90",
  COALESCE("t105"."clicks_90", 0) AS "clicks_90",
  "t105"."last_engaged_at" AS "last_engaged_at",
  COALESCE("t105"."emails_unanswered", 0) AS "emails_unanswered",
  COALESCE("t105"."spend_90", 0) / CAST(nullIf("t105"."spend_before_90", 0) AS Nullable(Float64)) AS "spend_trend",
  COALESCE(
    CAST(GREATEST(
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 10 THEN 10 ELSE 0 END,
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 25 THEN 25 ELSE 0 END,
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 50 THEN 50 ELSE 0 END,
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 100 THEN 100 ELSE 0 END,
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 250 THEN 250 ELSE 0 END,
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 500 THEN 500 ELSE 0 END,
      CASE WHEN COALESCE("t105"."baskets_ever", 0) >= 1000 THEN 1000 ELSE 0 END
    ) AS Nullable(Int64)),
    0
  ) AS "milestone",
  CASE
    WHEN isNotNull("t105"."last_basket_at")
    THEN CONCAT(
      CONCAT(
        CASE
          WHEN (
            20528 - CAST(FLOOR((
              toRelativeSecondNum("t105"."last_basket_at")
            ) / (
              86400
            )) AS Nullable(Int64))
          ) <= 30
          THEN '3'
          ELSE CASE
            WHEN (
              20528 - CAST(FLOOR((
                toRelativeSecondNum("t105"."last_basket_at")
              ) / (
                86400
              )) AS Nullable(Int64))
            ) <= 90
            THEN '2'
            ELSE '1'
          END
        END,
        CASE
          WHEN COALESCE("t105"."baskets_365", 0) >= 24
          THEN '3'
          ELSE CASE WHEN COALESCE("t105"."baskets_365", 0) >= 6 THEN '2' ELSE '1' END
        END
      ),
      CASE
        WHEN COALESCE("t105"."spend_365", 0) >= 100000
        THEN '3'
        ELSE CASE WHEN COALESCE("t105"."spend_365", 0) >= 25000 THEN '2' ELSE '1' END
      END
    )
    ELSE CAST(NULL AS Nullable(String))
  END AS "rfm"
FROM (
  SELECT
    "t104".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t103"."customer_id" AS "customer_id",
      "t103"."first_name" AS "first_name",
      "t103"."language" AS "language",
      "t103"."time_zone" AS "time_zone",
      "t103"."attributes" AS "attributes",
      "t103"."created_at" AS "created_at",
      "t103"."first_basket_at" AS "first_basket_at",
      "t103"."last_basket_at" AS "last_basket_at",
      "t103"."baskets_30" AS "baskets_30",
      "t103"."spend_30" AS "spend_30",
      "t103"."baskets_90" AS "baskets_90",
      "t103"."spend_90" AS "spend_90",
      "t103"."baskets_365" AS "baskets_365",
      "t103"."spend_365" AS "spend_365",
      "t103"."repeats" AS "repeats",
      "t103"."days_with_us" AS "days_with_us",
      "t103"."baskets_ever" AS "baskets_ever",
      "t103"."spend_before_90" AS "spend_before_90",
      "t103"."usual_interval" AS "usual_interval",
      "t103"."favourite_department" AS "favourite_department",
      "t103"."recent_favourite" AS "recent_favourite",
      "t103"."previous_favourite" AS "previous_favourite",
      "t103"."week_streak" AS "week_streak",
      "t103"."repeat_value" AS "repeat_value",
      "t103"."emails_90" AS "emails_90",
      "t103"."last_reply_at" AS "last_reply_at",
      "t103"."replies_365" AS "replies_365",
      "t103"."felt_understood" AS "felt_understood",
      "t103"."engaged_90" AS "engaged_90",
      "t103"."last_engaged_at" AS "last_engaged_at",
      "t103"."clicks_90" AS "clicks_90",
      "t58"."customer_id" AS "customer_id_right",
      "t58"."emails_unanswered" AS "emails_unanswered"
    FROM (
      SELECT
        "t101".*
        EXCEPT ("customer_id_right")
      FROM (
        SELECT
          "t100"."customer_id" AS "customer_id",
          "t100"."first_name" AS "first_name",
          "t100"."language" AS "language",
          "t100"."time_zone" AS "time_zone",
          "t100"."attributes" AS "attributes",
          "t100"."created_at" AS "created_at",
          "t100"."first_basket_at" AS "first_basket_at",
          "t100"."last_basket_at" AS "last_basket_at",
          "t100"."baskets_30" AS "baskets_30",
          "t100"."spend_30" AS "spend_30",
          "t100"."baskets_90" AS "baskets_90",
          "t100"."spend_90" AS "spend_90",
          "t100"."baskets_365" AS "baskets_365",
          "t100"."spend_365" AS "spend_365",
          "t100"."repeats" AS "repeats",
          "t100"."days_with_us" AS "days_with_us",
          "t100"."baskets_ever" AS "baskets_ever",
          "t100"."spend_before_90" AS "spend_before_90",
          "t100"."usual_interval" AS "usual_interval",
          "t100"."favourite_department" AS "favourite_department",
          "t100"."recent_favourite" AS "recent_favourite",
          "t100"."previous_favourite" AS "previous_favourite",
          "t100"."week_streak" AS "week_streak",
          "t100"."repeat_value" AS "repeat_value",
          "t100"."emails_90" AS "emails_90",
          "t100"."last_reply_at" AS "last_reply_at",
          "t100"."replies_365" AS "replies_365",
          "t100"."felt_understood" AS "felt_understood",
          "t100"."engaged_90" AS "engaged_90",
          "t100"."last_engaged_at" AS "last_engaged_at",
          "t29"."customer_id" AS "customer_id_right",
          "t29"."clicks_90" AS "clicks_90"
        FROM (
          SELECT
            "t98".*
            EXCEPT ("customer_id_right")
          FROM (
            SELECT
              "t97"."customer_id" AS "customer_id",
              "t97"."first_name" AS "first_name",
              "t97"."language" AS "language",
              "t97"."time_zone" AS "time_zone",
              "t97"."attributes" AS "attributes",
              "t97"."created_at" AS "created_at",
              "t97"."first_basket_at" AS "first_basket_at",
              "t97"."last_basket_at" AS "last_basket_at",
              "t97"."baskets_30" AS "baskets_30",
              "t97"."spend_30" AS "spend_30",
              "t97"."baskets_90" AS "baskets_90",
              "t97"."spend_90" AS "spend_90",
              "t97"."baskets_365" AS "baskets_365",
              "t97"."spend_365" AS "spend_365",
              "t97"."repeats" AS "repeats",
              "t97"."days_with_us" AS "days_with_us",
              "t97"."baskets_ever" AS "baskets_ever",
              "t97"."spend_before_90" AS "spend_before_90",
              "t97"."usual_interval" AS "usual_interval",
              "t97"."favourite_department" AS "favourite_department",
              "t97"."recent_favourite" AS "recent_favourite",
              "t97"."previous_favourite" AS "previous_favourite",
              "t97"."week_streak" AS "week_streak",
              "t97"."repeat_value" AS "repeat_value",
              "t97"."emails_90" AS "emails_90",
              "t97"."last_reply_at" AS "last_reply_at",
              "t97"."replies_365" AS "replies_365",
              "t97"."felt_understood" AS "felt_understood",
              "t30"."customer_id" AS "customer_id_right",
              "t30"."engaged_90" AS "engaged_90",
              "t30"."last_engaged_at" AS "last_engaged_at"
            FROM (
              SELECT
                "t95".*
                EXCEPT ("customer_id_right")
              FROM (
                SELECT
                  "t94"."customer_id" AS "customer_id",
                  "t94"."first_name" AS "first_name",
                  "t94"."language" AS "language",
                  "t94"."time_zone" AS "time_zone",
                  "t94"."attributes" AS "attributes",
                  "t94"."created_at" AS "created_at",
                  "t94"."first_basket_at" AS "first_basket_at",
                  "t94"."last_basket_at" AS "last_basket_at",
                  "t94"."baskets_30" AS "baskets_30",
                  "t94"."spend_30" AS "spend_30",
                  "t94"."baskets_90" AS "baskets_90",
                  "t94"."spend_90" AS "spend_90",
                  "t94"."baskets_365" AS "baskets_365",
                  "t94"."spend_365" AS "spend_365",
                  "t94"."repeats" AS "repeats",
                  "t94"."days_with_us" AS "days_with_us",
                  "t94"."baskets_ever" AS "baskets_ever",
                  "t94"."spend_before_90" AS "spend_before_90",
                  "t94"."usual_interval" AS "usual_interval",
                  "t94"."favourite_department" AS "favourite_department",
                  "t94"."recent_favourite" AS "recent_favourite",
                  "t94"."previous_favourite" AS "previous_favourite",
                  "t94"."week_streak" AS "week_streak",
                  "t94"."repeat_value" AS "repeat_value",
                  "t94"."emails_90" AS "emails_90",
                  "t94"."last_reply_at" AS "last_reply_at",
                  "t94"."replies_365" AS "replies_365",
                  "t44"."customer_id" AS "customer_id_right",
                  "t44"."felt_understood" AS "felt_understood"
                FROM (
                  SELECT
                    "t92".*
                    EXCEPT ("customer_id_right")
                  FROM (
                    SELECT
                      "t91"."customer_id" AS "customer_id",
                      "t91"."first_name" AS "first_name",
                      "t91"."language" AS "language",
                      "t91"."time_zone" AS "time_zone",
                      "t91"."attributes" AS "attributes",
                      "t91"."created_at" AS "created_at",
                      "t91"."first_basket_at" AS "first_basket_at",
                      "t91"."last_basket_at" AS "last_basket_at",
                      "t91"."baskets_30" AS "baskets_30",
                      "t91"."spend_30" AS "spend_30",
                      "t91"."baskets_90" AS "baskets_90",
                      "t91"."spend_90" AS "spend_90",
                      "t91"."baskets_365" AS "baskets_365",
                      "t91"."spend_365" AS "spend_365",
                      "t91"."repeats" AS "repeats",
                      "t91"."days_with_us" AS "days_with_us",
                      "t91"."baskets_ever" AS "baskets_ever",
                      "t91"."spend_before_90" AS "spend_before_90",
                      "t91"."usual_interval" AS "usual_interval",
                      "t91"."favourite_department" AS "favourite_department",
                      "t91"."recent_favourite" AS "recent_favourite",
                      "t91"."previous_favourite" AS "previous_favourite",
                      "t91"."week_streak" AS "week_streak",
                      "t91"."repeat_value" AS "repeat_value",
                      "t91"."emails_90" AS "emails_90",
                      "t32"."customer_id" AS "customer_id_right",
                      "t32"."last_reply_at" AS "last_reply_at",
                      "t32"."replies_365" AS "replies_365"
                    FROM (
                      SELECT
                        "t89".*
                        EXCEPT ("customer_id_right")
                      FROM (
                        SELECT
                          "t88"."customer_id" AS "customer_id",
                          "t88"."first_name" AS "first_name",
                          "t88"."language" AS "language",
                          "t88"."time_zone" AS "time_zone",
                          "t88"."attributes" AS "attributes",
                          "t88"."created_at" AS "created_at",
                          "t88"."first_basket_at" AS "first_basket_at",
                          "t88"."last_basket_at" AS "last_basket_at",
                          "t88"."baskets_30" AS "baskets_30",
                          "t88"."spend_30" AS "spend_30",
                          "t88"."baskets_90" AS "baskets_90",
                          "t88"."spend_90" AS "spend_90",
                          "t88"."baskets_365" AS "baskets_365",
                          "t88"."spend_365" AS "spend_365",
                          "t88"."repeats" AS "repeats",
                          "t88"."days_with_us" AS "days_with_us",
                          "t88"."baskets_ever" AS "baskets_ever",
                          "t88"."spend_before_90" AS "spend_before_90",
                          "t88"."usual_interval" AS "usual_interval",
                          "t88"."favourite_department" AS "favourite_department",
                          "t88"."recent_favourite" AS "recent_favourite",
                          "t88"."previous_favourite" AS "previous_favourite",
                          "t88"."week_streak" AS "week_streak",
                          "t88"."repeat_value" AS "repeat_value",
                          "t33"."customer_id" AS "customer_id_right",
                          "t33"."emails_90" AS "emails_90"
                        FROM (
                          SELECT
                            "t86".*
                            EXCEPT ("customer_id_right")
                          FROM (
                            SELECT
                              "t85"."customer_id" AS "customer_id",
                              "t85"."first_name" AS "first_name",
                              "t85"."language" AS "language",
                              "t85"."time_zone" AS "time_zone",
                              "t85"."attributes" AS "attributes",
                              "t85"."created_at" AS "created_at",
                              "t85"."first_basket_at" AS "first_basket_at",
                              "t85"."last_basket_at" AS "last_basket_at",
                              "t85"."baskets_30" AS "baskets_30",
                              "t85"."spend_30" AS "spend_30",
                              "t85"."baskets_90" AS "baskets_90",
                              "t85"."spend_90" AS "spend_90",
                              "t85"."baskets_365" AS "baskets_365",
                              "t85"."spend_365" AS "spend_365",
                              "t85"."repeats" AS "repeats",
                              "t85"."days_with_us" AS "days_with_us",
                              "t85"."baskets_ever" AS "baskets_ever",
                              "t85"."spend_before_90" AS "spend_before_90",
                              "t85"."usual_interval" AS "usual_interval",
                              "t85"."favourite_department" AS "favourite_department",
                              "t85"."recent_favourite" AS "recent_favourite",
                              "t85"."previous_favourite" AS "previous_favourite",
                              "t85"."week_streak" AS "week_streak",
                              "t70"."customer_id" AS "customer_id_right",
                              "t70"."repeat_value" AS "repeat_value"
                            FROM (
                              SELECT
                                "t83".*
                                EXCEPT ("customer_id_right")
                              FROM (
                                SELECT
                                  "t82"."customer_id" AS "customer_id",
                                  "t82"."first_name" AS "first_name",
                                  "t82"."language" AS "language",
                                  "t82"."time_zone" AS "time_zone",
                                  "t82"."attributes" AS "attributes",
                                  "t82"."created_at" AS "created_at",
                                  "t82"."first_basket_at" AS "first_basket_at",
                                  "t82"."last_basket_at" AS "last_basket_at",
                                  "t82"."baskets_30" AS "baskets_30",
                                  "t82"."spend_30" AS "spend_30",
                                  "t82"."baskets_90" AS "baskets_90",
                                  "t82"."spend_90" AS "spend_90",
                                  "t82"."baskets_365" AS "baskets_365",
                                  "t82"."spend_365" AS "spend_365",
                                  "t82"."repeats" AS "repeats",
                                  "t82"."days_with_us" AS "days_with_us",
                                  "t82"."baskets_ever" AS "baskets_ever",
                                  "t82"."spend_before_90" AS "spend_before_90",
                                  "t82"."usual_interval" AS "usual_interval",
                                  "t82"."favourite_department" AS "favourite_department",
                                  "t82"."recent_favourite" AS "recent_favourite",
                                  "t82"."previous_favourite" AS "previous_favourite",
                                  "t60"."customer_id" AS "customer_id_right",
                                  "t60"."week_streak" AS "week_streak"
                                FROM (
                                  SELECT
                                    "t80".*
                                    EXCEPT ("customer_id_right")
                                  FROM (
                                    SELECT
                                      "t79"."customer_id" AS "customer_id",
                                      "t79"."first_name" AS "first_name",
                                      "t79"."language" AS "language",
                                      "t79"."time_zone" AS "time_zone",
                                      "t79"."attributes" AS "attributes",
                                      "t79"."created_at" AS "created_at",
                                      "t79"."first_basket_at" AS "first_basket_at",
                                      "t79"."last_basket_at" AS "last_basket_at",
                                      "t79"."baskets_30" AS "baskets_30",
                                      "t79"."spend_30" AS "spend_30",
                                      "t79"."baskets_90" AS "baskets_90",
                                      "t79"."spend_90" AS "spend_90",
                                      "t79"."baskets_365" AS "baskets_365",
                                      "t79"."spend_365" AS "spend_365",
                                      "t79"."repeats" AS "repeats",
                                      "t79"."days_with_us" AS "days_with_us",
                                      "t79"."baskets_ever" AS "baskets_ever",
                                      "t79"."spend_before_90" AS "spend_before_90",
                                      "t79"."usual_interval" AS "usual_interval",
                                      "t79"."favourite_department" AS "favourite_department",
                                      "t79"."recent_favourite" AS "recent_favourite",
                                      "t65"."customer_id" AS "customer_id_right",
                                      "t65"."previous_favourite" AS "previous_favourite"
                                    FROM (
                                      SELECT
                                        "t77".*
                                        EXCEPT ("customer_id_right")
                                      FROM (
                                        SELECT
                                          "t76"."customer_id" AS "customer_id",
                                          "t76"."first_name" AS "first_name",
                                          "t76"."language" AS "language",
                                          "t76"."time_zone" AS "time_zone",
                                          "t76"."attributes" AS "attributes",
                                          "t76"."created_at" AS "created_at",
                                          "t76"."first_basket_at" AS "first_basket_at",
                                          "t76"."last_basket_at" AS "last_basket_at",
                                          "t76"."baskets_30" AS "baskets_30",
                                          "t76"."spend_30" AS "spend_30",
                                          "t76"."baskets_90" AS "baskets_90",
                                          "t76"."spend_90" AS "spend_90",
                                          "t76"."baskets_365" AS "baskets_365",
                                          "t76"."spend_365" AS "spend_365",
                                          "t76"."repeats" AS "repeats",
                                          "t76"."days_with_us" AS "days_with_us",
                                          "t76"."baskets_ever" AS "baskets_ever",
                                          "t76"."spend_before_90" AS "spend_before_90",
                                          "t76"."usual_interval" AS "usual_interval",
                                          "t76"."favourite_department" AS "favourite_department",
                                          "t66"."customer_id" AS "customer_id_right",
                                          "t66"."recent_favourite" AS "recent_favourite"
                                        FROM (
                                          SELECT
                                            "t74".*
                                            EXCEPT ("customer_id_right")
                                          FROM (
                                            SELECT
                                              "t73"."customer_id" AS "customer_id",
                                              "t73"."first_name" AS "first_name",
                                              "t73"."language" AS "language",
                                              "t73"."time_zone" AS "time_zone",
                                              "t73"."attributes" AS "attributes",
                                              "t73"."created_at" AS "created_at",
                                              "t73"."first_basket_at" AS "first_basket_at",
                                              "t73"."last_basket_at" AS "last_basket_at",
                                              "t73"."baskets_30" AS "baskets_30",
                                              "t73"."spend_30" AS "spend_30",
                                              "t73"."baskets_90" AS "baskets_90",
                                              "t73"."spend_90" AS "spend_90",
                                              "t73"."baskets_365" AS "baskets_365",
                                              "t73"."spend_365" AS "spend_365",
                                              "t73"."repeats" AS "repeats",
                                              "t73"."days_with_us" AS "days_with_us",
                                              "t73"."baskets_ever" AS "baskets_ever",
                                              "t73"."spend_before_90" AS "spend_before_90",
                                              "t73"."usual_interval" AS "usual_interval",
                                              "t67"."customer_id" AS "customer_id_right",
                                              "t67"."favourite_department" AS "favourite_department"
                                            FROM (
                                              SELECT
                                                "t71".*
                                                EXCEPT ("customer_id_right")
                                              FROM (
                                                SELECT
                                                  "t59"."customer_id" AS "customer_id",
                                                  "t59"."first_name" AS "first_name",
                                                  "t59"."language" AS "language",
                                                  "t59"."time_zone" AS "time_zone",
                                                  "t59"."attributes" AS "attributes",
                                                  "t59"."created_at" AS "created_at",
                                                  "t59"."first_basket_at" AS "first_basket_at",
                                                  "t59"."last_basket_at" AS "last_basket_at",
                                                  "t59"."baskets_30" AS "baskets_30",
                                                  "t59"."spend_30" AS "spend_30",
                                                  "t59"."baskets_90" AS "baskets_90",
                                                  "t59"."spend_90" AS "spend_90",
                                                  "t59"."baskets_365" AS "baskets_365",
                                                  "t59"."spend_365" AS "spend_365",
                                                  "t59"."repeats" AS "repeats",
                                                  "t59"."days_with_us" AS "days_with_us",
                                                  "t59"."baskets_ever" AS "baskets_ever",
                                                  "t59"."spend_before_90" AS "spend_before_90",
                                                  "t68"."customer_id" AS "customer_id_right",
                                                  "t68"."usual_interval" AS "usual_interval"
                                                FROM (
                                                  SELECT
                                                    "t49".*
                                                    EXCEPT ("customer_id_right")
                                                  FROM (
                                                    SELECT
                                                      "t4"."customer_id" AS "customer_id",
                                                      "t4"."first_name" AS "first_name",
                                                      "t4"."language" AS "language",
                                                      "t4"."time_zone" AS "time_zone",
                                                      "t4"."attributes" AS "attributes",
                                                      "t4"."created_at" AS "created_at",
                                                      "t39"."customer_id" AS "customer_id_right",
                                                      "t39"."first_basket_at" AS "first_basket_at",
                                                      "t39"."last_basket_at" AS "last_basket_at",
                                                      "t39"."baskets_30" AS "baskets_30",
                                                      "t39"."spend_30" AS "spend_30",
                                                      "t39"."baskets_90" AS "baskets_90",
                                                      "t39"."spend_90" AS "spend_90",
                                                      "t39"."baskets_365" AS "baskets_365",
                                                      "t39"."spend_365" AS "spend_365",
                                                      "t39"."repeats" AS "repeats",
                                                      "t39"."days_with_us" AS "days_with_us",
                                                      "t39"."baskets_ever" AS "baskets_ever",
                                                      "t39"."spend_before_90" AS "spend_before_90"
                                                    FROM "customer" AS "t4"
                                                    LEFT SEMI JOIN "touched" AS "t3"
                                                      ON "t4"."customer_id" = "t3"."customer_id"
                                                    LEFT OUTER JOIN (
                                                      SELECT
                                                        "t20"."customer_id" AS "customer_id",
                                                        MIN("t20"."at") AS "first_basket_at",
                                                        MAX("t20"."at") AS "last_basket_at",
                                                        SUM(CAST("t20"."day" >= 20498 AS Nullable(Int32))) AS "baskets_30",
                                                        sumIf("t20"."amount_cents", "t20"."day" >= 20498) AS "spend_30",
                                                        SUM(CAST("t20"."day" >= 20438 AS Nullable(Int32))) AS "baskets_90",
                                                        sumIf("t20"."amount_cents", "t20"."day" >= 20438) AS "spend_90",
                                                        SUM(CAST("t20"."day" >= 20163 AS Nullable(Int32))) AS "baskets_365",
                                                        sumIf("t20"."amount_cents", "t20"."day" >= 20163) AS "spend_365",
                                                        uniq("t20"."day") - 1 AS "repeats",
                                                        MAX("t20"."day") - MIN("t20"."day") AS "days_with_us",
                                                        COUNT(*) AS "baskets_ever",
                                                        sumIf("t20"."amount_cents", (
                                                          "t20"."day" < 20438
                                                        ) AND (
                                                          "t20"."day" >= 20348
                                                        )) AS "spend_before_90"
                                                      FROM "t15" AS "t20"
                                                      GROUP BY
                                                        "t20"."customer_id"
                                                    ) AS "t39"
                                                      ON "t4"."customer_id" = "t39"."customer_id"
                                                  ) AS "t49"
                                                ) AS "t59"
                                                LEFT OUTER JOIN (
                                                  SELECT
                                                    "t57"."customer_id" AS "customer_id",
                                                    "t57"."usual_interval" AS "usual_interval"
                                                  FROM (
                                                    SELECT
                                                      "t46"."customer_id" AS "customer_id",
                                                      quantileExactExclusive("t46"."gap") AS "usual_interval",
                                                      COUNT(*) AS "gaps"
                                                    FROM (
                                                      SELECT
                                                        *
                                                      FROM (
                                                        SELECT
                                                          "t19"."customer_id" AS "customer_id",
                                                          "t19"."day" AS "day",
                                                          CAST("t19"."day" - lagInFrame("t19"."day") OVER (
                                                            PARTITION BY "t19"."customer_id"
                                                            ORDER BY "t19"."day" ASC
                                                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                                          ) AS Nullable(Float64)) AS "gap"
                                                        FROM (
                                                          SELECT DISTINCT
                                                            "t8"."customer_id" AS "customer_id",
                                                            "t8"."day" AS "day"
                                                          FROM "t7" AS "t8"
                                                          WHERE
                                                            "t8"."name" IN ('basket') AND "t8"."day" >= 20163
                                                        ) AS "t19"
                                                      ) AS "t38"
                                                      WHERE
                                                        isNotNull("t38"."gap")
                                                    ) AS "t46"
                                                    GROUP BY
                                                      "t46"."customer_id"
                                                  ) AS "t57"
                                                  WHERE
                                                    "t57"."gaps" >= 3
                                                ) AS "t68"
                                                  ON "t59"."customer_id" = "t68"."customer_id"
                                              ) AS "t71"
                                            ) AS "t73"
                                            LEFT OUTER JOIN (
                                              SELECT
                                                "t56"."customer_id" AS "customer_id",
                                                "t56"."value" AS "favourite_department"
                                              FROM (
                                                SELECT
                                                  "t42"."customer_id" AS "customer_id",
                                                  "t42"."value" AS "value",
                                                  "t42"."weight" AS "weight",
                                                  ROW_NUMBER() OVER (
                                                    PARTITION BY "t42"."customer_id"
                                                    ORDER BY "t42"."weight" DESC, "t42"."value" ASC
                                                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                                  ) - 1 AS "place"
                                                FROM (
                                                  SELECT
                                                    *
                                                  FROM (
                                                    SELECT
                                                      "t18"."customer_id" AS "customer_id",
                                                      "t18"."value" AS "value",
                                                      COALESCE(SUM("t18"."weight"), 0) AS "weight"
                                                    FROM (
                                                      SELECT
                                                        "t8"."customer_id" AS "customer_id",
                                                        "t8"."department" AS "value",
                                                        "t8"."amount_cents" AS "weight"
                                                      FROM "t7" AS "t8"
                                                      WHERE
                                                        "t8"."name" IN ('basket') AND "t8"."day" >= 20163
                                                    ) AS "t18"
                                                    GROUP BY
                                                      "t18"."customer_id",
                                                      "t18"."value"
                                                  ) AS "t28"
                                                  WHERE
                                                    isNotNull("t28"."value")
                                                ) AS "t42"
                                              ) AS "t56"
                                              WHERE
                                                "t56"."place" = 0
                                            ) AS "t67"
                                              ON "t73"."customer_id" = "t67"."customer_id"
                                          ) AS "t74"
                                        ) AS "t76"
                                        LEFT OUTER JOIN (
                                          SELECT
                                            "t55"."customer_id" AS "customer_id",
                                            "t55"."value" AS "recent_favourite"
                                          FROM (
                                            SELECT
                                              "t41"."customer_id" AS "customer_id",
                                              "t41"."value" AS "value",
                                              "t41"."weight" AS "weight",
                                              ROW_NUMBER() OVER (
                                                PARTITION BY "t41"."customer_id"
                                                ORDER BY "t41"."weight" DESC, "t41"."value" ASC
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                              ) - 1 AS "place"
                                            FROM (
                                              SELECT
                                                *
                                              FROM (
                                                SELECT
                                                  "t17"."customer_id" AS "customer_id",
                                                  "t17"."value" AS "value",
                                                  COALESCE(SUM("t17"."weight"), 0) AS "weight"
                                                FROM (
                                                  SELECT
                                                    "t8"."customer_id" AS "customer_id",
                                                    "t8"."department" AS "value",
                                                    "t8"."amount_cents" AS "weight"
                                                  FROM "t7" AS "t8"
                                                  WHERE
                                                    "t8"."name" IN ('basket') AND "t8"."day" >= 20438
                                                ) AS "t17"
                                                GROUP BY
                                                  "t17"."customer_id",
                                                  "t17"."value"
                                              ) AS "t27"
                                              WHERE
                                                isNotNull("t27"."value")
                                            ) AS "t41"
                                          ) AS "t55"
                                          WHERE
                                            "t55"."place" = 0
                                        ) AS "t66"
                                          ON "t76"."customer_id" = "t66"."customer_id"
                                      ) AS "t77"
                                    ) AS "t79"
                                    LEFT OUTER JOIN (
                                      SELECT
                                        "t54"."customer_id" AS "customer_id",
                                        "t54"."value" AS "previous_favourite"
                                      FROM (
                                        SELECT
                                          "t40"."customer_id" AS "customer_id",
                                          "t40"."value" AS "value",
                                          "t40"."weight" AS "weight",
                                          ROW_NUMBER() OVER (
                                            PARTITION BY "t40"."customer_id"
                                            ORDER BY "t40"."weight" DESC, "t40"."value" ASC
                                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                          ) - 1 AS "place"
                                        FROM (
                                          SELECT
                                            *
                                          FROM (
                                            SELECT
                                              "t16"."customer_id" AS "customer_id",
                                              "t16"."value" AS "value",
                                              COALESCE(SUM("t16"."weight"), 0) AS "weight"
                                            FROM (
                                              SELECT
                                                "t8"."customer_id" AS "customer_id",
                                                "t8"."department" AS "value",
                                                "t8"."amount_cents" AS "weight"
                                              FROM "t7" AS "t8"
                                              WHERE
                                                "t8"."name" IN ('basket') AND "t8"."day" < 20438 AND "t8"."day" >= 20073
                                            ) AS "t16"
                                            GROUP BY
                                              "t16"."customer_id",
                                              "t16"."value"
                                          ) AS "t26"
                                          WHERE
                                            isNotNull("t26"."value")
                                        ) AS "t40"
                                      ) AS "t54"
                                      WHERE
                                        "t54"."place" = 0
                                    ) AS "t65"
                                      ON "t79"."customer_id" = "t65"."customer_id"
                                  ) AS "t80"
                                ) AS "t82"
                                LEFT OUTER JOIN (
                                  SELECT
                                    "t48"."customer_id" AS "customer_id",
                                    COUNT(*) AS "week_streak"
                                  FROM (
                                    SELECT
                                      *
                                    FROM (
                                      SELECT
                                        "t21"."customer_id" AS "customer_id",
                                        "t21"."span" AS "span",
                                        ROW_NUMBER() OVER (
                                          PARTITION BY "t21"."customer_id"
                                          ORDER BY "t21"."span" DESC
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                        ) - 1 AS "place",
                                        MAX("t21"."span") OVER (
                                          PARTITION BY "t21"."customer_id"
                                          ORDER BY "t21"."span" DESC
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                        ) AS "newest"
                                      FROM (
                                        SELECT DISTINCT
                                          "t8"."customer_id" AS "customer_id",
                                          CAST(FLOOR((
                                            "t8"."day" + 3
                                          ) / (
                                            7
                                          )) AS Nullable(Int64)) AS "span"
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
                                    "t48"."customer_id"
                                ) AS "t60"
                                  ON "t82"."customer_id" = "t60"."customer_id"
                              ) AS "t83"
                            ) AS "t85"
                            LEFT OUTER JOIN (
                              SELECT
                                "t52"."customer_id" AS "customer_id",
                                CAST(FLOOR(AVG(CAST("t52"."spent" AS Nullable(Float64))) + 0.5) AS Nullable(Int64)) AS "repeat_value"
                              FROM (
                                SELECT
                                  *
                                FROM (
                                  SELECT
                                    "t34"."customer_id" AS "customer_id",
                                    "t34"."day" AS "day",
                                    "t34"."spent" AS "spent",
                                    MIN("t34"."day") OVER (
                                      PARTITION BY "t34"."customer_id"
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                    ) AS "first"
                                  FROM (
                                    SELECT
                                      "t20"."customer_id" AS "customer_id",
                                      "t20"."day" AS "day",
                                      COALESCE(SUM("t20"."amount_cents"), 0) AS "spent"
                                    FROM "t15" AS "t20"
                                    GROUP BY
                                      "t20"."customer_id",
                                      "t20"."day"
                                  ) AS "t34"
                                ) AS "t45"
                                WHERE
                                  "t45"."day" > "t45"."first"
                              ) AS "t52"
                              GROUP BY
                                "t52"."customer_id"
                            ) AS "t70"
                              ON "t85"."customer_id" = "t70"."customer_id"
                          ) AS "t86"
                        ) AS "t88"
                        LEFT OUTER JOIN (
                          SELECT
                            "t14"."customer_id" AS "customer_id",
                            SUM(CAST("t14"."day" >= 20438 AS Nullable(Int32))) AS "emails_90"
                          FROM (
                            SELECT
                              *
                            FROM "t7" AS "t8"
                            WHERE
                              "t8"."name" IN ('email_sent')
                          ) AS "t14"
                          GROUP BY
                            "t14"."customer_id"
                        ) AS "t33"
                          ON "t88"."customer_id" = "t33"."customer_id"
                      ) AS "t89"
                    ) AS "t91"
                    LEFT OUTER JOIN (
                      SELECT
                        "t13"."customer_id" AS "customer_id",
                        MAX("t13"."at") AS "last_reply_at",
                        SUM(CAST("t13"."day" >= 20163 AS Nullable(Int32))) AS "replies_365"
                      FROM (
                        SELECT
                          *
                        FROM "t7" AS "t8"
                        WHERE
                          "t8"."name" IN ('replied')
                      ) AS "t13"
                      GROUP BY
                        "t13"."customer_id"
                    ) AS "t32"
                      ON "t91"."customer_id" = "t32"."customer_id"
                  ) AS "t92"
                ) AS "t94"
                LEFT OUTER JOIN (
                  SELECT
                    "t31"."customer_id" AS "customer_id",
                    "t31"."felt_understood" AS "felt_understood"
                  FROM (
                    SELECT
                      "t12"."customer_id" AS "customer_id",
                      "t12"."at" AS "at",
                      "t12"."id" AS "id",
                      "t12"."felt_understood" AS "felt_understood",
                      ROW_NUMBER() OVER (
                        PARTITION BY "t12"."customer_id"
                        ORDER BY "t12"."at" DESC, "t12"."id" DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1 AS "place"
                    FROM (
                      SELECT
                        "t8"."customer_id" AS "customer_id",
                        "t8"."at" AS "at",
                        "t8"."id" AS "id",
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
                "t11"."customer_id" AS "customer_id",
                SUM(CAST("t11"."day" >= 20438 AS Nullable(Int32))) AS "engaged_90",
                MAX("t11"."at") AS "last_engaged_at"
              FROM (
                SELECT
                  *
                FROM "t7" AS "t8"
                WHERE
                  "t8"."name" IN ('replied', 'wrote', 'asked_for_call', 'felt_understood')
              ) AS "t11"
              GROUP BY
                "t11"."customer_id"
            ) AS "t30"
              ON "t97"."customer_id" = "t30"."customer_id"
          ) AS "t98"
        ) AS "t100"
        LEFT OUTER JOIN (
          SELECT
            "t10"."customer_id" AS "customer_id",
            SUM(CAST("t10"."day" >= 20438 AS Nullable(Int32))) AS "clicks_90"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('clicked')
          ) AS "t10"
          GROUP BY
            "t10"."customer_id"
        ) AS "t29"
          ON "t100"."customer_id" = "t29"."customer_id"
      ) AS "t101"
    ) AS "t103"
    LEFT OUTER JOIN (
      SELECT
        "t47"."customer_id" AS "customer_id",
        COUNT(*) AS "emails_unanswered"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t9"."id" AS "id",
            "t9"."customer_id" AS "customer_id",
            "t9"."name" AS "name",
            "t9"."at" AS "at",
            "t9"."properties" AS "properties",
            "t9"."day" AS "day",
            "t9"."amount_cents" AS "amount_cents",
            "t9"."items" AS "items",
            "t9"."department" AS "department",
            "t9"."discount_cents" AS "discount_cents",
            "t9"."answer" AS "answer",
            "t9"."name" = 'email_sent' AS "sent",
            maxIf("t9"."at", NOT (
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
            isNull("t35"."answered") OR (
              "t35"."at" > "t35"."answered"
            )
          )
      ) AS "t47"
      GROUP BY
        "t47"."customer_id"
    ) AS "t58"
      ON "t103"."customer_id" = "t58"."customer_id"
  ) AS "t104"
) AS "t105";

-- forms
WITH "t7" AS (
  SELECT
    "t6"."id" AS "id",
    "t6"."customer_id" AS "customer_id",
    "t6"."name" AS "name",
    "t6"."at" AS "at",
    "t6"."properties" AS "properties",
    "t6"."day" AS "day",
    "t6"."amount_cents" AS "amount_cents",
    "t6"."items" AS "items",
    "t6"."department" AS "department",
    "t6"."discount_cents" AS "discount_cents",
    "t6"."answer" AS "answer"
  FROM (
    SELECT
      *
    FROM "event" AS "t0"
    WHERE
      "t0"."day" <= 20528
  ) AS "t6"
  LEFT SEMI JOIN "touched" AS "t3"
    ON "t6"."customer_id" = "t3"."customer_id"
), "t10" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('visit')
)
SELECT
  "t63"."customer_id" AS "customer_id",
  "t63"."first_name" AS "first_name",
  "t63"."language" AS "language",
  "t63"."time_zone" AS "time_zone",
  "t63"."attributes" AS "attributes",
  "t63"."created_at" AS "created_at",
  COALESCE("t63"."visits", 0) AS "visits",
  COALESCE("t63"."visits_9", 0) AS "visits_9",
  COALESCE("t63"."spent", 0) AS "spent",
  COALESCE("t63"."seats_20", 0) AS "seats_20",
  "t63"."first_visit" AS "first_visit",
  "t63"."last_meat" AS "last_meat",
  "t63"."first_seats" AS "first_seats",
  "t63"."last_department" AS "last_department",
  "t63"."usual_place" AS "usual_place",
  COALESCE("t63"."places", 0) AS "places",
  "t63"."since_visit" AS "since_visit",
  "t63"."since_meat" AS "since_meat",
  "t63"."interval" AS "interval",
  COALESCE("t63"."day_streak", 0) AS "day_streak",
  COALESCE("t63"."weeks", 0) AS "weeks",
  "t63"."lately" AS "lately",
  "t63"."spent_lately" AS "spent_lately",
  "t63"."anniversary" AS "anniversary"
FROM (
  SELECT
    "t62".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t61"."customer_id" AS "customer_id",
      "t61"."first_name" AS "first_name",
      "t61"."language" AS "language",
      "t61"."time_zone" AS "time_zone",
      "t61"."attributes" AS "attributes",
      "t61"."created_at" AS "created_at",
      "t61"."visits" AS "visits",
      "t61"."visits_9" AS "visits_9",
      "t61"."spent" AS "spent",
      "t61"."seats_20" AS "seats_20",
      "t61"."first_visit" AS "first_visit",
      "t61"."last_meat" AS "last_meat",
      "t61"."places" AS "places",
      "t61"."since_visit" AS "since_visit",
      "t61"."since_meat" AS "since_meat",
      "t61"."lately" AS "lately",
      "t61"."spent_lately" AS "spent_lately",
      "t61"."anniversary" AS "anniversary",
      "t61"."first_seats" AS "first_seats",
      "t61"."last_department" AS "last_department",
      "t61"."usual_place" AS "usual_place",
      "t61"."interval" AS "interval",
      "t61"."day_streak" AS "day_streak",
      "t32"."customer_id" AS "customer_id_right",
      "t32"."weeks" AS "weeks"
    FROM (
      SELECT
        "t59".*
        EXCEPT ("customer_id_right")
      FROM (
        SELECT
          "t58"."customer_id" AS "customer_id",
          "t58"."first_name" AS "first_name",
          "t58"."language" AS "language",
          "t58"."time_zone" AS "time_zone",
          "t58"."attributes" AS "attributes",
          "t58"."created_at" AS "created_at",
          "t58"."visits" AS "visits",
          "t58"."visits_9" AS "visits_9",
          "t58"."spent" AS "spent",
          "t58"."seats_20" AS "seats_20",
          "t58"."first_visit" AS "first_visit",
          "t58"."last_meat" AS "last_meat",
          "t58"."places" AS "places",
          "t58"."since_visit" AS "since_visit",
          "t58"."since_meat" AS "since_meat",
          "t58"."lately" AS "lately",
          "t58"."spent_lately" AS "spent_lately",
          "t58"."anniversary" AS "anniversary",
          "t58"."first_seats" AS "first_seats",
          "t58"."last_department" AS "last_department",
          "t58"."usual_place" AS "usual_place",
          "t58"."interval" AS "interval",
          "t33"."customer_id" AS "customer_id_right",
          "t33"."day_streak" AS "day_streak"
        FROM (
          SELECT
            "t56".*
            EXCEPT ("customer_id_right")
          FROM (
            SELECT
              "t55"."customer_id" AS "customer_id",
              "t55"."first_name" AS "first_name",
              "t55"."language" AS "language",
              "t55"."time_zone" AS "time_zone",
              "t55"."attributes" AS "attributes",
              "t55"."created_at" AS "created_at",
              "t55"."visits" AS "visits",
              "t55"."visits_9" AS "visits_9",
              "t55"."spent" AS "spent",
              "t55"."seats_20" AS "seats_20",
              "t55"."first_visit" AS "first_visit",
              "t55"."last_meat" AS "last_meat",
              "t55"."places" AS "places",
              "t55"."since_visit" AS "since_visit",
              "t55"."since_meat" AS "since_meat",
              "t55"."lately" AS "lately",
              "t55"."spent_lately" AS "spent_lately",
              "t55"."anniversary" AS "anniversary",
              "t55"."first_seats" AS "first_seats",
              "t55"."last_department" AS "last_department",
              "t55"."usual_place" AS "usual_place",
              "t38"."customer_id" AS "customer_id_right",
              "t38"."interval" AS "interval"
            FROM (
              SELECT
                "t53".*
                EXCEPT ("customer_id_right")
              FROM (
                SELECT
                  "t52"."customer_id" AS "customer_id",
                  "t52"."first_name" AS "first_name",
                  "t52"."language" AS "language",
                  "t52"."time_zone" AS "time_zone",
                  "t52"."attributes" AS "attributes",
                  "t52"."created_at" AS "created_at",
                  "t52"."visits" AS "visits",
                  "t52"."visits_9" AS "visits_9",
                  "t52"."spent" AS "spent",
                  "t52"."seats_20" AS "seats_20",
                  "t52"."first_visit" AS "first_visit",
                  "t52"."last_meat" AS "last_meat",
                  "t52"."places" AS "places",
                  "t52"."since_visit" AS "since_visit",
                  "t52"."since_meat" AS "since_meat",
                  "t52"."lately" AS "lately",
                  "t52"."spent_lately" AS "spent_lately",
                  "t52"."anniversary" AS "anniversary",
                  "t52"."first_seats" AS "first_seats",
                  "t52"."last_department" AS "last_department",
                  "t46"."customer_id" AS "customer_id_right",
                  "t46"."usual_place" AS "usual_place"
                FROM (
                  SELECT
                    "t50".*
                    EXCEPT ("customer_id_right")
                  FROM (
                    SELECT
                      "t49"."customer_id" AS "customer_id",
                      "t49"."first_name" AS "first_name",
                      "t49"."language" AS "language",
                      "t49"."time_zone" AS "time_zone",
                      "t49"."attributes" AS "attributes",
                      "t49"."created_at" AS "created_at",
                      "t49"."visits" AS "visits",
                      "t49"."visits_9" AS "visits_9",
                      "t49"."spent" AS "spent",
                      "t49"."seats_20" AS "seats_20",
                      "t49"."first_visit" AS "first_visit",
                      "t49"."last_meat" AS "last_meat",
                      "t49"."places" AS "places",
                      "t49"."since_visit" AS "since_visit",
                      "t49"."since_meat" AS "since_meat",
                      "t49"."lately" AS "lately",
                      "t49"."spent_lately" AS "spent_lately",
                      "t49"."anniversary" AS "anniversary",
                      "t49"."first_seats" AS "first_seats",
                      "t23"."customer_id" AS "customer_id_right",
                      "t23"."last_department" AS "last_department"
                    FROM (
                      SELECT
                        "t47".*
                        EXCEPT ("customer_id_right")
                      FROM (
                        SELECT
                          "t45"."customer_id" AS "customer_id",
                          "t45"."first_name" AS "first_name",
                          "t45"."language" AS "language",
                          "t45"."time_zone" AS "time_zone",
                          "t45"."attributes" AS "attributes",
                          "t45"."created_at" AS "created_at",
                          "t45"."visits" AS "visits",
                          "t45"."visits_9" AS "visits_9",
                          "t45"."spent" AS "spent",
                          "t45"."seats_20" AS "seats_20",
                          "t45"."first_visit" AS "first_visit",
                          "t45"."last_meat" AS "last_meat",
                          "t45"."places" AS "places",
                          "t45"."since_visit" AS "since_visit",
                          "t45"."since_meat" AS "since_meat",
                          "t45"."lately" AS "lately",
                          "t45"."spent_lately" AS "spent_lately",
                          "t45"."anniversary" AS "anniversary",
                          "t40"."customer_id" AS "customer_id_right",
                          "t40"."first_seats" AS "first_seats"
                        FROM (
                          SELECT
                            "t42".*
                            EXCEPT ("customer_id_right")
                          FROM (
                            SELECT
                              "t4"."customer_id" AS "customer_id",
                              "t4"."first_name" AS "first_name",
                              "t4"."language" AS "language",
                              "t4"."time_zone" AS "time_zone",
                              "t4"."attributes" AS "attributes",
                              "t4"."created_at" AS "created_at",
                              "t39"."customer_id" AS "customer_id_right",
                              "t39"."visits" AS "visits",
                              "t39"."visits_9" AS "visits_9",
                              "t39"."spent" AS "spent",
                              "t39"."seats_20" AS "seats_20",
                              "t39"."first_visit" AS "first_visit",
                              "t39"."last_meat" AS "last_meat",
                              "t39"."places" AS "places",
                              "t39"."since_visit" AS "since_visit",
                              "t39"."since_meat" AS "since_meat",
                              "t39"."lately" AS "lately",
                              "t39"."spent_lately" AS "spent_lately",
                              "t39"."anniversary" AS "anniversary"
                            FROM "customer" AS "t4"
                            LEFT SEMI JOIN "touched" AS "t3"
                              ON "t4"."customer_id" = "t3"."customer_id"
                            LEFT OUTER JOIN (
                              SELECT
                                "t13"."customer_id" AS "customer_id",
                                COUNT(*) AS "visits",
                                countIf(
                                  COALESCE(LOWER("t13"."department") = LOWER('meat'), FALSE)
                                  AND COALESCE(
                                    accurateCastOrNull(
                                      nullIf(
                                        CAST(nullIf(JSONExtractRaw("t13"."properties", 'seats'), '') AS Nullable(String)),
                                        'null'
                                      ),
                                      'Nullable(Float64)'
                                    ) >= 2,
                                    FALSE
                                  )
                                  AND (
                                    "t13"."day" >= 20519
                                  )
                                ) AS "visits_9",
                                SUM("t13"."amount_cents") AS "spent",
                                CAST(FLOOR(
                                  sumIf(
                                    accurateCastOrNull(
                                      nullIf(
                                        CAST(nullIf(JSONExtractRaw("t13"."properties", 'seats'), '') AS Nullable(String)),
                                        'null'
                                      ),
                                      'Nullable(Float64)'
                                    ),
                                    "t13"."day" >= 20508
                                  ) + 0.5
                                ) AS Nullable(Int64)) AS "seats_20",
                                MIN("t13"."at") AS "first_visit",
                                maxIf("t13"."at", COALESCE(LOWER("t13"."department") IN (LOWER('Meat')), FALSE)) AS "last_meat",
                                uniq(
                                  COALESCE(
                                    nullIf(JSONExtractString("t13"."properties", 'place'), ''),
                                    nullIf(
                                      CAST(nullIf(JSONExtractRaw("t13"."properties", 'place'), '') AS Nullable(String)),
                                      'null'
                                    )
                                  )
                                ) AS "places",
                                20528 - MAX("t13"."day") AS "since_visit",
                                20528 - maxIf(
                                  "t13"."day",
                                  COALESCE(NOT (
                                    COALESCE(LOWER("t13"."department") = LOWER('Bakery'), FALSE)
                                  ), FALSE)
                                ) AS "since_meat",
                                COALESCE(countIf("t13"."day" >= 20521), 0) / CAST(nullIf(countIf((
                                  "t13"."day" >= 20514
                                ) AND (
                                  "t13"."day" <= 20520
                                )), 0) AS Nullable(Float64)) AS "lately",
                                COALESCE(sumIf("t13"."amount_cents", "t13"."day" >= 20514), 0) / CAST(nullIf(
                                  sumIf("t13"."amount_cents", (
                                    "t13"."day" >= 20500
                                  ) AND (
                                    "t13"."day" <= 20513
                                  )),
                                  0
                                ) AS Nullable(Float64)) AS "spent_lately",
                                CAST(FLOOR(
                                  (
                                    toRelativeSecondNum(
                                      CAST(CASE
                                        WHEN (
                                          toDate(MIN("t13"."at")) + INTERVAL (GREATEST(2026 - toYear(toDate(MIN("t13"."at"))), 1)) YEAR
                                        ) >= toDate('2026-03-16')
                                        THEN toDate(MIN("t13"."at")) + INTERVAL (GREATEST(2026 - toYear(toDate(MIN("t13"."at"))), 1)) YEAR
                                        ELSE toDate(MIN("t13"."at")) + INTERVAL (GREATEST(2026 - toYear(toDate(MIN("t13"."at"))), 1) + 1) YEAR
                                      END AS Nullable(DateTime))
                                    )
                                  ) / (
                                    86400
                                  )
                                ) AS Nullable(Int64)) - 20528 AS "anniversary"
                              FROM "t10" AS "t13"
                              GROUP BY
                                "t13"."customer_id"
                            ) AS "t39"
                              ON "t4"."customer_id" = "t39"."customer_id"
                          ) AS "t42"
                        ) AS "t45"
                        LEFT OUTER JOIN (
                          SELECT
                            "t31"."customer_id" AS "customer_id",
                            "t31"."first_seats" AS "first_seats"
                          FROM (
                            SELECT
                              "t22"."customer_id" AS "customer_id",
                              "t22"."at" AS "at",
                              "t22"."id" AS "id",
                              "t22"."first_seats" AS "first_seats",
                              ROW_NUMBER() OVER (
                                PARTITION BY "t22"."customer_id"
                                ORDER BY "t22"."at" ASC, "t22"."id" ASC
                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                              ) - 1 AS "place"
                            FROM (
                              SELECT
                                "t13"."customer_id" AS "customer_id",
                                "t13"."at" AS "at",
                                "t13"."id" AS "id",
                                accurateCastOrNull(
                                  nullIf(
                                    CAST(nullIf(JSONExtractRaw("t13"."properties", 'seats'), '') AS Nullable(String)),
                                    'null'
                                  ),
                                  'Nullable(Float64)'
                                ) AS "first_seats"
                              FROM "t10" AS "t13"
                            ) AS "t22"
                          ) AS "t31"
                          WHERE
                            "t31"."place" = 0
                        ) AS "t40"
                          ON "t45"."customer_id" = "t40"."customer_id"
                      ) AS "t47"
                    ) AS "t49"
                    LEFT OUTER JOIN (
                      SELECT
                        "t16"."customer_id" AS "customer_id",
                        "t16"."last_department" AS "last_department"
                      FROM (
                        SELECT
                          "t9"."customer_id" AS "customer_id",
                          "t9"."at" AS "at",
                          "t9"."id" AS "id",
                          "t9"."last_department" AS "last_department",
                          ROW_NUMBER() OVER (
                            PARTITION BY "t9"."customer_id"
                            ORDER BY "t9"."at" DESC, "t9"."id" DESC
                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                          ) - 1 AS "place"
                        FROM (
                          SELECT
                            "t8"."customer_id" AS "customer_id",
                            "t8"."at" AS "at",
                            "t8"."id" AS "id",
                            "t8"."department" AS "last_department"
                          FROM "t7" AS "t8"
                          WHERE
                            "t8"."name" IN ('visit')
                        ) AS "t9"
                      ) AS "t16"
                      WHERE
                        "t16"."place" = 0
                    ) AS "t23"
                      ON "t49"."customer_id" = "t23"."customer_id"
                  ) AS "t50"
                ) AS "t52"
                LEFT OUTER JOIN (
                  SELECT
                    "t41"."customer_id" AS "customer_id",
                    "t41"."value" AS "usual_place"
                  FROM (
                    SELECT
                      "t34"."customer_id" AS "customer_id",
                      "t34"."value" AS "value",
                      "t34"."weight" AS "weight",
                      ROW_NUMBER() OVER (
                        PARTITION BY "t34"."customer_id"
                        ORDER BY "t34"."weight" DESC, "t34"."value" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1 AS "place"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t20"."customer_id" AS "customer_id",
                          "t20"."value" AS "value",
                          COALESCE(SUM("t20"."weight"), 0) AS "weight"
                        FROM (
                          SELECT
                            "t12"."customer_id" AS "customer_id",
                            COALESCE(
                              nullIf(JSONExtractString("t12"."properties", 'place'), ''),
                              nullIf(
                                CAST(nullIf(JSONExtractRaw("t12"."properties", 'place'), '') AS Nullable(String)),
                                'null'
                              )
                            ) AS "value",
                            1 AS "weight"
                          FROM (
                            SELECT
                              *
                            FROM "t7" AS "t8"
                            WHERE
                              "t8"."name" IN ('visit') AND "t8"."day" >= 20498
                          ) AS "t12"
                        ) AS "t20"
                        GROUP BY
                          "t20"."customer_id",
                          "t20"."value"
                      ) AS "t27"
                      WHERE
                        isNotNull("t27"."value")
                    ) AS "t34"
                  ) AS "t41"
                  WHERE
                    "t41"."place" = 0
                ) AS "t46"
                  ON "t52"."customer_id" = "t46"."customer_id"
              ) AS "t53"
            ) AS "t55"
            LEFT OUTER JOIN (
              SELECT
                "t30"."customer_id" AS "customer_id",
                "t30"."interval" AS "interval"
              FROM (
                SELECT
                  "t24"."customer_id" AS "customer_id",
                  quantileExactExclusive("t24"."gap") AS "interval",
                  COUNT(*) AS "gaps"
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t11"."customer_id" AS "customer_id",
                      "t11"."day" AS "day",
                      CAST("t11"."day" - lagInFrame("t11"."day") OVER (
                        PARTITION BY "t11"."customer_id"
                        ORDER BY "t11"."day" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) AS Nullable(Float64)) AS "gap"
                    FROM (
                      SELECT DISTINCT
                        "t8"."customer_id" AS "customer_id",
                        "t8"."day" AS "day"
                      FROM "t7" AS "t8"
                      WHERE
                        "t8"."name" IN ('visit') AND "t8"."day" >= 20468
                    ) AS "t11"
                  ) AS "t19"
                  WHERE
                    isNotNull("t19"."gap")
                ) AS "t24"
                GROUP BY
                  "t24"."customer_id"
              ) AS "t30"
              WHERE
                "t30"."gaps" >= 3
            ) AS "t38"
              ON "t55"."customer_id" = "t38"."customer_id"
          ) AS "t56"
        ) AS "t58"
        LEFT OUTER JOIN (
          SELECT
            "t26"."customer_id" AS "customer_id",
            COUNT(*) AS "day_streak"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t15"."customer_id" AS "customer_id",
                "t15"."span" AS "span",
                ROW_NUMBER() OVER (
                  PARTITION BY "t15"."customer_id"
                  ORDER BY "t15"."span" DESC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1 AS "place",
                MAX("t15"."span") OVER (
                  PARTITION BY "t15"."customer_id"
                  ORDER BY "t15"."span" DESC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS "newest"
              FROM (
                SELECT DISTINCT
                  "t8"."customer_id" AS "customer_id",
                  CAST(FLOOR((
                    "t8"."day" + 0
                  ) / (
                    1
                  )) AS Nullable(Int64)) AS "span"
                FROM "t7" AS "t8"
                WHERE
                  "t8"."name" IN ('visit')
              ) AS "t15"
            ) AS "t18"
            WHERE
              "t18"."newest" >= 20527 AND (
                "t18"."span" + "t18"."place"
              ) = "t18"."newest"
          ) AS "t26"
          GROUP BY
            "t26"."customer_id"
        ) AS "t33"
          ON "t58"."customer_id" = "t33"."customer_id"
      ) AS "t59"
    ) AS "t61"
    LEFT OUTER JOIN (
      SELECT
        "t25"."customer_id" AS "customer_id",
        COUNT(*) AS "weeks"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t14"."customer_id" AS "customer_id",
            "t14"."span" AS "span",
            ROW_NUMBER() OVER (
              PARTITION BY "t14"."customer_id"
              ORDER BY "t14"."span" DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) - 1 AS "place",
            MAX("t14"."span") OVER (
              PARTITION BY "t14"."customer_id"
              ORDER BY "t14"."span" DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "newest"
          FROM (
            SELECT DISTINCT
              "t8"."customer_id" AS "customer_id",
              CAST(FLOOR((
                "t8"."day" + 3
              ) / (
                7
              )) AS Nullable(Int64)) AS "span"
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('visit')
          ) AS "t14"
        ) AS "t17"
        WHERE
          "t17"."newest" >= 2932 AND (
            "t17"."span" + "t17"."place"
          ) = "t17"."newest"
      ) AS "t25"
      GROUP BY
        "t25"."customer_id"
    ) AS "t32"
      ON "t61"."customer_id" = "t32"."customer_id"
  ) AS "t62"
) AS "t63";
