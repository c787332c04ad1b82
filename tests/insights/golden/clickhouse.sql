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
    FROM "event" AS "t2"
    WHERE
      "t2"."day" <= 20528
  ) AS "t6"
  LEFT SEMI JOIN "touched" AS "t4"
    ON "t6"."customer_id" = "t4"."customer_id"
), "t13" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('basket')
), "t23" AS (
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
), "t38" AS (
  SELECT
    "t20"."customer_id" AS "customer_id",
    "t20"."day" AS "day",
    COALESCE(SUM("t20"."amount_cents"), 0) AS "spent"
  FROM "t13" AS "t20"
  GROUP BY
    "t20"."customer_id",
    "t20"."day"
), "t48" AS (
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
        "t8"."name" IN ('basket') AND "t8"."day" >= 20163
    ) AS "t17"
    GROUP BY
      "t17"."customer_id",
      "t17"."value"
  ) AS "t31"
  WHERE
    isNotNull("t31"."value")
), "t49" AS (
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
        "t8"."name" IN ('basket') AND "t8"."day" >= 20438
    ) AS "t18"
    GROUP BY
      "t18"."customer_id",
      "t18"."value"
  ) AS "t32"
  WHERE
    isNotNull("t32"."value")
), "t50" AS (
  SELECT
    *
  FROM (
    SELECT
      "t19"."customer_id" AS "customer_id",
      "t19"."value" AS "value",
      COALESCE(SUM("t19"."weight"), 0) AS "weight"
    FROM (
      SELECT
        "t8"."customer_id" AS "customer_id",
        "t8"."department" AS "value",
        "t8"."amount_cents" AS "weight"
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('basket') AND "t8"."day" < 20438 AND "t8"."day" >= 20073
    ) AS "t19"
    GROUP BY
      "t19"."customer_id",
      "t19"."value"
  ) AS "t33"
  WHERE
    isNotNull("t33"."value")
)
SELECT
  "t94"."customer_id" AS "customer_id",
  "t94"."first_name" AS "first_name",
  "t94"."language" AS "language",
  "t94"."time_zone" AS "time_zone",
  "t94"."attributes" AS "attributes",
  "t94"."created_at" AS "created_at",
  "t94"."first_basket_at" AS "first_basket_at",
  "t94"."last_basket_at" AS "last_basket_at",
  COALESCE("t94"."baskets_30", 0) AS "baskets_30",
  COALESCE("t94"."spend_30", 0) AS "spend_30",
  COALESCE("t94"."baskets_90", 0) AS "baskets_90",
  COALESCE("t94"."spend_90", 0) AS "spend_90",
  COALESCE("t94"."baskets_365", 0) AS "baskets_365",
  COALESCE("t94"."spend_365", 0) AS "spend_365",
  "t94"."usual_interval" AS "usual_interval",
  "t94"."favourite_department" AS "favourite_department",
  "t94"."recent_favourite" AS "recent_favourite",
  "t94"."previous_favourite" AS "previous_favourite",
  COALESCE("t94"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR((
    toRelativeSecondNum("t94"."last_basket_at")
  ) / (
    86400
  )) AS Nullable(Int64)) AS "days_since_basket",
  (
    20528 - CAST(FLOOR((
      toRelativeSecondNum("t94"."last_basket_at")
    ) / (
      86400
    )) AS Nullable(Int64))
  ) / "t94"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    (
      toRelativeSecondNum(
        CAST(CASE
          WHEN (
            toDate("t94"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t94"."first_basket_at")), 1)) YEAR
          ) >= toDate('2026-03-16')
          THEN toDate("t94"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t94"."first_basket_at")), 1)) YEAR
          ELSE toDate("t94"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t94"."first_basket_at")), 1) + 1) YEAR
        END AS Nullable(DateTime))
      )
    ) / (
      86400
    )
  ) AS Nullable(Int64)) - 20528 AS "anniversary_in",
  toYear(
    CASE
      WHEN (
        toDate("t94"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t94"."first_basket_at")), 1)) YEAR
      ) >= toDate('2026-03-16')
      THEN toDate("t94"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t94"."first_basket_at")), 1)) YEAR
      ELSE toDate("t94"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t94"."first_basket_at")), 1) + 1) YEAR
    END
  ) - toYear("t94"."first_basket_at") AS "years",
  CASE
    WHEN "t94"."recent_favourite" <> "t94"."previous_favourite"
    THEN "t94"."recent_favourite"
    ELSE CAST(NULL AS Nullable(String))
  END AS "new_favourite",
  COALESCE("t94"."repeats", 0) AS "repeats",
  COALESCE("t94"."days_with_us", 0) AS "days_with_us",
  "t94"."repeat_value" AS "repeat_value",
  COALESCE("t94"."baskets_ever", 0) AS "baskets_ever",
  COALESCE("t94"."spend_before_90", 0) AS "spend_before_90",
  COALESCE("t94"."emails_90", 0) AS "emails_90",
  "t94"."last_reply_at" AS "last_reply_at",
  COALESCE("t94"."replies_365", 0) AS "replies_365",
  "t94"."felt_understood" AS "felt_understood",
  COALESCE("t94"."engaged_90", 0) AS "engaged_90",
  COALESCE("t94"."clicks_90", 0) AS "clicks_90",
  "t94"."last_engaged_at" AS "last_engaged_at",
  COALESCE("t94"."emails_unanswered", 0) AS "emails_unanswered",
  COALESCE("t94"."spend_90", 0) / CAST(nullIf("t94"."spend_before_90", 0) AS Nullable(Float64)) AS "spend_trend",
  COALESCE(
    CAST(GREATEST(
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 10 THEN 10 ELSE 0 END,
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 25 THEN 25 ELSE 0 END,
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 50 THEN 50 ELSE 0 END,
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 100 THEN 100 ELSE 0 END,
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 250 THEN 250 ELSE 0 END,
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 500 THEN 500 ELSE 0 END,
      CASE WHEN COALESCE("t94"."baskets_ever", 0) >= 1000 THEN 1000 ELSE 0 END
    ) AS Nullable(Int64)),
    0
  ) AS "milestone",
  CASE
    WHEN isNotNull("t94"."last_basket_at")
    THEN CONCAT(
      CONCAT(
        CASE
          WHEN (
            20528 - CAST(FLOOR((
              toRelativeSecondNum("t94"."last_basket_at")
            ) / (
              86400
            )) AS Nullable(Int64))
          ) <= 30
          THEN '3'
          ELSE CASE
            WHEN (
              20528 - CAST(FLOOR((
                toRelativeSecondNum("t94"."last_basket_at")
              ) / (
                86400
              )) AS Nullable(Int64))
            ) <= 90
            THEN '2'
            ELSE '1'
          END
        END,
        CASE
          WHEN COALESCE("t94"."baskets_365", 0) >= 24
          THEN '3'
          ELSE CASE WHEN COALESCE("t94"."baskets_365", 0) >= 6 THEN '2' ELSE '1' END
        END
      ),
      CASE
        WHEN COALESCE("t94"."spend_365", 0) >= 100000
        THEN '3'
        ELSE CASE WHEN COALESCE("t94"."spend_365", 0) >= 25000 THEN '2' ELSE '1' END
      END
    )
    ELSE CAST(NULL AS Nullable(String))
  END AS "rfm"
FROM (
  SELECT
    "t3"."customer_id" AS "customer_id",
    "t3"."first_name" AS "first_name",
    "t3"."language" AS "language",
    "t3"."time_zone" AS "time_zone",
    "t3"."attributes" AS "attributes",
    "t3"."created_at" AS "created_at",
    "t47"."first_basket_at" AS "first_basket_at",
    "t47"."last_basket_at" AS "last_basket_at",
    "t47"."baskets_30" AS "baskets_30",
    "t47"."spend_30" AS "spend_30",
    "t47"."baskets_90" AS "baskets_90",
    "t47"."spend_90" AS "spend_90",
    "t47"."baskets_365" AS "baskets_365",
    "t47"."spend_365" AS "spend_365",
    "t47"."days_with_us" AS "days_with_us",
    "t47"."baskets_ever" AS "baskets_ever",
    "t47"."spend_before_90" AS "spend_before_90",
    "t82"."usual_interval" AS "usual_interval",
    "t91"."favourite_department" AS "favourite_department",
    "t92"."recent_favourite" AS "recent_favourite",
    "t93"."previous_favourite" AS "previous_favourite",
    "t90"."week_streak" AS "week_streak",
    "t65"."repeats" AS "repeats",
    "t80"."repeat_value" AS "repeat_value",
    "t34"."emails_90" AS "emails_90",
    "t35"."last_reply_at" AS "last_reply_at",
    "t35"."replies_365" AS "replies_365",
    "t58"."felt_understood" AS "felt_understood",
    "t36"."engaged_90" AS "engaged_90",
    "t36"."last_engaged_at" AS "last_engaged_at",
    "t37"."clicks_90" AS "clicks_90",
    "t81"."emails_unanswered" AS "emails_unanswered"
  FROM "customer" AS "t3"
  LEFT SEMI JOIN "touched" AS "t4"
    ON "t3"."customer_id" = "t4"."customer_id"
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
      MAX("t20"."day") - MIN("t20"."day") AS "days_with_us",
      COUNT(*) AS "baskets_ever",
      sumIf("t20"."amount_cents", (
        "t20"."day" < 20438
      ) AND (
        "t20"."day" >= 20348
      )) AS "spend_before_90"
    FROM "t13" AS "t20"
    GROUP BY
      "t20"."customer_id"
  ) AS "t47"
    ON "t3"."customer_id" = "t47"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t70"."customer_id" AS "customer_id",
      "t70"."usual_interval" AS "usual_interval"
    FROM (
      SELECT
        "t60"."customer_id" AS "customer_id",
        quantileExactExclusive("t60"."gap") AS "usual_interval",
        COUNT(*) AS "gaps"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t16"."customer_id" AS "customer_id",
            "t16"."day" AS "day",
            CAST("t16"."day" - lagInFrame("t16"."day") OVER (
              PARTITION BY "t16"."customer_id"
              ORDER BY "t16"."day" ASC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS Nullable(Float64)) AS "gap"
          FROM (
            SELECT DISTINCT
              "t8"."customer_id" AS "customer_id",
              "t8"."day" AS "day"
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('basket') AND "t8"."day" >= 20163
          ) AS "t16"
        ) AS "t45"
        WHERE
          isNotNull("t45"."gap")
      ) AS "t60"
      GROUP BY
        "t60"."customer_id"
    ) AS "t70"
    WHERE
      "t70"."gaps" >= 3
  ) AS "t82"
    ON "t3"."customer_id" = "t82"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t83"."customer_id" AS "customer_id",
      MIN("t83"."value") AS "favourite_department"
    FROM (
      SELECT
        "t61"."customer_id" AS "customer_id",
        "t61"."value" AS "value",
        "t61"."weight" AS "weight",
        "t71"."best" AS "best"
      FROM "t48" AS "t61"
      INNER JOIN (
        SELECT
          "t52"."customer_id" AS "customer_id",
          MAX("t52"."weight") AS "best"
        FROM "t48" AS "t52"
        GROUP BY
          "t52"."customer_id"
      ) AS "t71"
        ON "t61"."customer_id" = "t71"."customer_id" AND "t61"."weight" = "t71"."best"
    ) AS "t83"
    GROUP BY
      "t83"."customer_id"
  ) AS "t91"
    ON "t3"."customer_id" = "t91"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t84"."customer_id" AS "customer_id",
      MIN("t84"."value") AS "recent_favourite"
    FROM (
      SELECT
        "t62"."customer_id" AS "customer_id",
        "t62"."value" AS "value",
        "t62"."weight" AS "weight",
        "t72"."best" AS "best"
      FROM "t49" AS "t62"
      INNER JOIN (
        SELECT
          "t53"."customer_id" AS "customer_id",
          MAX("t53"."weight") AS "best"
        FROM "t49" AS "t53"
        GROUP BY
          "t53"."customer_id"
      ) AS "t72"
        ON "t62"."customer_id" = "t72"."customer_id" AND "t62"."weight" = "t72"."best"
    ) AS "t84"
    GROUP BY
      "t84"."customer_id"
  ) AS "t92"
    ON "t3"."customer_id" = "t92"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t85"."customer_id" AS "customer_id",
      MIN("t85"."value") AS "previous_favourite"
    FROM (
      SELECT
        "t63"."customer_id" AS "customer_id",
        "t63"."value" AS "value",
        "t63"."weight" AS "weight",
        "t73"."best" AS "best"
      FROM "t50" AS "t63"
      INNER JOIN (
        SELECT
          "t54"."customer_id" AS "customer_id",
          MAX("t54"."weight") AS "best"
        FROM "t50" AS "t54"
        GROUP BY
          "t54"."customer_id"
      ) AS "t73"
        ON "t63"."customer_id" = "t73"."customer_id" AND "t63"."weight" = "t73"."best"
    ) AS "t85"
    GROUP BY
      "t85"."customer_id"
  ) AS "t93"
    ON "t3"."customer_id" = "t93"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t64"."customer_id" AS "customer_id",
      (
        "t64"."newest" - "t76"."begun"
      ) + 1 AS "week_streak"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t24"."customer_id" AS "customer_id",
          MAX("t24"."span") AS "newest"
        FROM "t23" AS "t24"
        GROUP BY
          "t24"."customer_id"
      ) AS "t41"
      WHERE
        "t41"."newest" >= 2932
    ) AS "t64"
    INNER JOIN (
      SELECT
        "t66"."customer_id" AS "customer_id",
        MAX("t66"."span") AS "begun"
      FROM (
        SELECT
          "t25"."customer_id" AS "customer_id",
          "t25"."span" AS "span"
        FROM "t23" AS "t25"
        LEFT ANTI JOIN (
          SELECT
            "t24"."customer_id" AS "customer_id",
            "t24"."span" + 1 AS "span"
          FROM "t23" AS "t24"
        ) AS "t46"
          ON "t25"."customer_id" = "t46"."customer_id" AND "t25"."span" = "t46"."span"
      ) AS "t66"
      GROUP BY
        "t66"."customer_id"
    ) AS "t76"
      ON "t64"."customer_id" = "t76"."customer_id"
  ) AS "t90"
    ON "t3"."customer_id" = "t90"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t43"."customer_id" AS "customer_id",
      COUNT(*) - 1 AS "repeats"
    FROM "t38" AS "t43"
    GROUP BY
      "t43"."customer_id"
  ) AS "t65"
    ON "t3"."customer_id" = "t65"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t57"."customer_id" AS "customer_id",
      CAST(FLOOR((
        (
          "t57"."spent" - "t57"."first"
        ) / (
          "t57"."days" - 1
        )
      ) + 0.5) AS Nullable(Int64)) AS "repeat_value"
    FROM (
      SELECT
        "t43"."customer_id" AS "customer_id",
        COUNT(*) AS "days",
        SUM("t43"."spent") AS "spent",
        argMin(tuple("t43"."spent"), "t43"."day").1 AS "first"
      FROM "t38" AS "t43"
      GROUP BY
        "t43"."customer_id"
    ) AS "t57"
    WHERE
      "t57"."days" > 1
  ) AS "t80"
    ON "t3"."customer_id" = "t80"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t9"."customer_id" AS "customer_id",
      SUM(CAST("t9"."day" >= 20438 AS Nullable(Int32))) AS "emails_90"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('email_sent')
    ) AS "t9"
    GROUP BY
      "t9"."customer_id"
  ) AS "t34"
    ON "t3"."customer_id" = "t34"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t10"."customer_id" AS "customer_id",
      MAX("t10"."at") AS "last_reply_at",
      SUM(CAST("t10"."day" >= 20163 AS Nullable(Int32))) AS "replies_365"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('replied')
    ) AS "t10"
    GROUP BY
      "t10"."customer_id"
  ) AS "t35"
    ON "t3"."customer_id" = "t35"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t39"."customer_id" AS "customer_id",
      "t39"."felt_understood" AS "felt_understood"
    FROM (
      SELECT
        "t14"."customer_id" AS "customer_id",
        "t14"."at" AS "at",
        "t14"."id" AS "id",
        "t14"."felt_understood" AS "felt_understood",
        ROW_NUMBER() OVER (
          PARTITION BY "t14"."customer_id"
          ORDER BY "t14"."at" DESC, "t14"."id" DESC
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
      ) AS "t14"
    ) AS "t39"
    WHERE
      "t39"."place" = 0
  ) AS "t58"
    ON "t3"."customer_id" = "t58"."customer_id"
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
  ) AS "t36"
    ON "t3"."customer_id" = "t36"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t12"."customer_id" AS "customer_id",
      SUM(CAST("t12"."day" >= 20438 AS Nullable(Int32))) AS "clicks_90"
    FROM (
      SELECT
        *
      FROM "t7" AS "t8"
      WHERE
        "t8"."name" IN ('clicked')
    ) AS "t12"
    GROUP BY
      "t12"."customer_id"
  ) AS "t37"
    ON "t3"."customer_id" = "t37"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t74"."customer_id" AS "customer_id",
      COUNT(*) AS "emails_unanswered"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t21"."id" AS "id",
          "t21"."customer_id" AS "customer_id",
          "t21"."name" AS "name",
          "t21"."at" AS "at",
          "t21"."properties" AS "properties",
          "t21"."day" AS "day",
          "t21"."amount_cents" AS "amount_cents",
          "t21"."items" AS "items",
          "t21"."department" AS "department",
          "t21"."discount_cents" AS "discount_cents",
          "t21"."answer" AS "answer",
          "t40"."customer_id" AS "customer_id_right",
          "t40"."answered" AS "answered"
        FROM (
          SELECT
            *
          FROM "t7" AS "t8"
          WHERE
            "t8"."name" IN ('email_sent', 'replied', 'wrote', 'asked_for_call', 'felt_understood')
            AND "t8"."name" = 'email_sent'
        ) AS "t21"
        LEFT OUTER JOIN (
          SELECT
            "t22"."customer_id" AS "customer_id",
            MAX("t22"."at") AS "answered"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" IN ('email_sent', 'replied', 'wrote', 'asked_for_call', 'felt_understood')
              AND NOT (
                "t8"."name" = 'email_sent'
              )
          ) AS "t22"
          GROUP BY
            "t22"."customer_id"
        ) AS "t40"
          ON "t21"."customer_id" = "t40"."customer_id"
      ) AS "t59"
      WHERE
        isNull("t59"."answered") OR (
          "t59"."at" > "t59"."answered"
        )
    ) AS "t74"
    GROUP BY
      "t74"."customer_id"
  ) AS "t81"
    ON "t3"."customer_id" = "t81"."customer_id"
) AS "t94";

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
    FROM "event" AS "t2"
    WHERE
      "t2"."day" <= 20528
  ) AS "t6"
  LEFT SEMI JOIN "touched" AS "t4"
    ON "t6"."customer_id" = "t4"."customer_id"
), "t9" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" IN ('visit')
), "t14" AS (
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
), "t15" AS (
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
), "t46" AS (
  SELECT
    *
  FROM (
    SELECT
      "t28"."customer_id" AS "customer_id",
      "t28"."value" AS "value",
      COALESCE(SUM("t28"."weight"), 0) AS "weight"
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
    ) AS "t28"
    GROUP BY
      "t28"."customer_id",
      "t28"."value"
  ) AS "t39"
  WHERE
    isNotNull("t39"."value")
)
SELECT
  "t64"."customer_id" AS "customer_id",
  "t64"."first_name" AS "first_name",
  "t64"."language" AS "language",
  "t64"."time_zone" AS "time_zone",
  "t64"."attributes" AS "attributes",
  "t64"."created_at" AS "created_at",
  COALESCE("t64"."visits", 0) AS "visits",
  COALESCE("t64"."visits_9", 0) AS "visits_9",
  COALESCE("t64"."spent", 0) AS "spent",
  COALESCE("t64"."seats_20", 0) AS "seats_20",
  "t64"."first_visit" AS "first_visit",
  "t64"."last_meat" AS "last_meat",
  "t64"."first_seats" AS "first_seats",
  "t64"."last_department" AS "last_department",
  "t64"."usual_place" AS "usual_place",
  COALESCE("t64"."places", 0) AS "places",
  "t64"."since_visit" AS "since_visit",
  "t64"."since_meat" AS "since_meat",
  "t64"."interval" AS "interval",
  COALESCE("t64"."day_streak", 0) AS "day_streak",
  COALESCE("t64"."weeks", 0) AS "weeks",
  "t64"."lately" AS "lately",
  "t64"."spent_lately" AS "spent_lately",
  "t64"."anniversary" AS "anniversary"
FROM (
  SELECT
    "t3"."customer_id" AS "customer_id",
    "t3"."first_name" AS "first_name",
    "t3"."language" AS "language",
    "t3"."time_zone" AS "time_zone",
    "t3"."attributes" AS "attributes",
    "t3"."created_at" AS "created_at",
    "t53"."visits" AS "visits",
    "t53"."visits_9" AS "visits_9",
    "t53"."spent" AS "spent",
    "t53"."seats_20" AS "seats_20",
    "t53"."first_visit" AS "first_visit",
    "t53"."last_meat" AS "last_meat",
    "t53"."places" AS "places",
    "t53"."since_visit" AS "since_visit",
    "t53"."since_meat" AS "since_meat",
    "t53"."lately" AS "lately",
    "t53"."spent_lately" AS "spent_lately",
    "t53"."anniversary" AS "anniversary",
    "t54"."first_seats" AS "first_seats",
    "t33"."last_department" AS "last_department",
    "t63"."usual_place" AS "usual_place",
    "t51"."interval" AS "interval",
    "t58"."day_streak" AS "day_streak",
    "t59"."weeks" AS "weeks"
  FROM "customer" AS "t3"
  LEFT SEMI JOIN "touched" AS "t4"
    ON "t3"."customer_id" = "t4"."customer_id"
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
    FROM "t9" AS "t13"
    GROUP BY
      "t13"."customer_id"
  ) AS "t53"
    ON "t3"."customer_id" = "t53"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t41"."customer_id" AS "customer_id",
      "t41"."first_seats" AS "first_seats"
    FROM (
      SELECT
        "t29"."customer_id" AS "customer_id",
        "t29"."at" AS "at",
        "t29"."id" AS "id",
        "t29"."first_seats" AS "first_seats",
        ROW_NUMBER() OVER (
          PARTITION BY "t29"."customer_id"
          ORDER BY "t29"."at" ASC, "t29"."id" ASC
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
        FROM "t9" AS "t13"
      ) AS "t29"
    ) AS "t41"
    WHERE
      "t41"."place" = 0
  ) AS "t54"
    ON "t3"."customer_id" = "t54"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t20"."customer_id" AS "customer_id",
      "t20"."last_department" AS "last_department"
    FROM (
      SELECT
        "t10"."customer_id" AS "customer_id",
        "t10"."at" AS "at",
        "t10"."id" AS "id",
        "t10"."last_department" AS "last_department",
        ROW_NUMBER() OVER (
          PARTITION BY "t10"."customer_id"
          ORDER BY "t10"."at" DESC, "t10"."id" DESC
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
      ) AS "t10"
    ) AS "t20"
    WHERE
      "t20"."place" = 0
  ) AS "t33"
    ON "t3"."customer_id" = "t33"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t61"."customer_id" AS "customer_id",
      MIN("t61"."value") AS "usual_place"
    FROM (
      SELECT
        "t52"."customer_id" AS "customer_id",
        "t52"."value" AS "value",
        "t52"."weight" AS "weight",
        "t60"."best" AS "best"
      FROM "t46" AS "t52"
      INNER JOIN (
        SELECT
          "t48"."customer_id" AS "customer_id",
          MAX("t48"."weight") AS "best"
        FROM "t46" AS "t48"
        GROUP BY
          "t48"."customer_id"
      ) AS "t60"
        ON "t52"."customer_id" = "t60"."customer_id" AND "t52"."weight" = "t60"."best"
    ) AS "t61"
    GROUP BY
      "t61"."customer_id"
  ) AS "t63"
    ON "t3"."customer_id" = "t63"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t40"."customer_id" AS "customer_id",
      "t40"."interval" AS "interval"
    FROM (
      SELECT
        "t34"."customer_id" AS "customer_id",
        quantileExactExclusive("t34"."gap") AS "interval",
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
        ) AS "t25"
        WHERE
          isNotNull("t25"."gap")
      ) AS "t34"
      GROUP BY
        "t34"."customer_id"
    ) AS "t40"
    WHERE
      "t40"."gaps" >= 3
  ) AS "t51"
    ON "t3"."customer_id" = "t51"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t35"."customer_id" AS "customer_id",
      (
        "t35"."newest" - "t44"."begun"
      ) + 1 AS "day_streak"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t16"."customer_id" AS "customer_id",
          MAX("t16"."span") AS "newest"
        FROM "t14" AS "t16"
        GROUP BY
          "t16"."customer_id"
      ) AS "t21"
      WHERE
        "t21"."newest" >= 20527
    ) AS "t35"
    INNER JOIN (
      SELECT
        "t37"."customer_id" AS "customer_id",
        MAX("t37"."span") AS "begun"
      FROM (
        SELECT
          "t18"."customer_id" AS "customer_id",
          "t18"."span" AS "span"
        FROM "t14" AS "t18"
        LEFT ANTI JOIN (
          SELECT
            "t16"."customer_id" AS "customer_id",
            "t16"."span" + 1 AS "span"
          FROM "t14" AS "t16"
        ) AS "t26"
          ON "t18"."customer_id" = "t26"."customer_id" AND "t18"."span" = "t26"."span"
      ) AS "t37"
      GROUP BY
        "t37"."customer_id"
    ) AS "t44"
      ON "t35"."customer_id" = "t44"."customer_id"
  ) AS "t58"
    ON "t3"."customer_id" = "t58"."customer_id"
  LEFT OUTER JOIN (
    SELECT
      "t36"."customer_id" AS "customer_id",
      (
        "t36"."newest" - "t45"."begun"
      ) + 1 AS "weeks"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t17"."customer_id" AS "customer_id",
          MAX("t17"."span") AS "newest"
        FROM "t15" AS "t17"
        GROUP BY
          "t17"."customer_id"
      ) AS "t23"
      WHERE
        "t23"."newest" >= 2932
    ) AS "t36"
    INNER JOIN (
      SELECT
        "t38"."customer_id" AS "customer_id",
        MAX("t38"."span") AS "begun"
      FROM (
        SELECT
          "t19"."customer_id" AS "customer_id",
          "t19"."span" AS "span"
        FROM "t15" AS "t19"
        LEFT ANTI JOIN (
          SELECT
            "t17"."customer_id" AS "customer_id",
            "t17"."span" + 1 AS "span"
          FROM "t15" AS "t17"
        ) AS "t27"
          ON "t19"."customer_id" = "t27"."customer_id" AND "t19"."span" = "t27"."span"
      ) AS "t38"
      GROUP BY
        "t38"."customer_id"
    ) AS "t45"
      ON "t36"."customer_id" = "t45"."customer_id"
  ) AS "t59"
    ON "t3"."customer_id" = "t59"."customer_id"
) AS "t64";
