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
  "t18"."customer_id" AS "customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    TRUE
    AND COALESCE(LOWER("t0"."language") IN (LOWER('en'), LOWER('DE')), FALSE)
    AND CAST("t0"."customer_id" IN (
      SELECT
        "t15"."customer_id" AS "customer_id"
      FROM (
        SELECT
          "t13"."customer_id" AS "customer_id",
          COUNT(*) AS "times"
        FROM (
          SELECT
            "t12".*
            EXCEPT ("time_zone")
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t7"."id" AS "id",
                "t7"."customer_id" AS "customer_id",
                "t7"."name" AS "name",
                "t7"."at" AS "at",
                "t7"."properties" AS "properties",
                "t7"."day" AS "day",
                "t7"."amount_cents" AS "amount_cents",
                "t7"."items" AS "items",
                "t7"."department" AS "department",
                "t7"."discount_cents" AS "discount_cents",
                "t7"."answer" AS "answer",
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
              ) AS "t7"
              INNER JOIN (
                SELECT
                  "t0"."customer_id" AS "customer_id",
                  "t0"."time_zone" AS "time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t7"."customer_id" = "t3"."customer_id"
            ) AS "t9"
            WHERE
              (
                (
                  "t9"."at" >= parseDateTimeBestEffort('2025-12-16T00:00:00')
                )
                AND (
                  "t9"."at" < parseDateTimeBestEffort('2026-03-17T00:00:00')
                )
                AND NOT (
                  "t9"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t9"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t9"."at" >= parseDateTimeBestEffort('2025-12-15T23:00:00')
                  )
                  AND (
                    "t9"."at" < parseDateTimeBestEffort('2026-03-16T23:00:00')
                  )
                )
              )
              OR (
                "t9"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t9"."at" >= parseDateTimeBestEffort('2025-12-15T15:00:00')
                  )
                  AND (
                    "t9"."at" < parseDateTimeBestEffort('2026-03-16T15:00:00')
                  )
                )
              )
          ) AS "t12"
        ) AS "t13"
        GROUP BY
          "t13"."customer_id"
      ) AS "t15"
      WHERE
        "t15"."times" >= 2
    ) AS Nullable(Bool))
    AND NOT (
      CAST("t0"."customer_id" IN (
        SELECT
          "t14"."customer_id" AS "customer_id"
        FROM (
          SELECT
            "t11"."customer_id" AS "customer_id",
            COUNT(*) AS "times"
          FROM (
            SELECT
              "t10".*
              EXCEPT ("time_zone")
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t5"."id" AS "id",
                  "t5"."customer_id" AS "customer_id",
                  "t5"."name" AS "name",
                  "t5"."at" AS "at",
                  "t5"."properties" AS "properties",
                  "t5"."day" AS "day",
                  "t5"."amount_cents" AS "amount_cents",
                  "t5"."items" AS "items",
                  "t5"."department" AS "department",
                  "t5"."discount_cents" AS "discount_cents",
                  "t5"."answer" AS "answer",
                  "t3"."time_zone" AS "time_zone"
                FROM (
                  SELECT
                    *
                  FROM "event" AS "t1"
                  WHERE
                    "t1"."name" = 'opened'
                    AND "t1"."at" <= parseDateTimeBestEffort('2026-03-16T10:00:00')
                    AND "t1"."at" >= parseDateTimeBestEffort('2026-03-08T15:00:00')
                ) AS "t5"
                INNER JOIN (
                  SELECT
                    "t0"."customer_id" AS "customer_id",
                    "t0"."time_zone" AS "time_zone"
                  FROM "insight" AS "t0"
                ) AS "t3"
                  ON "t5"."customer_id" = "t3"."customer_id"
              ) AS "t8"
              WHERE
                (
                  (
                    "t8"."at" >= parseDateTimeBestEffort('2026-03-09T00:00:00')
                  )
                  AND (
                    "t8"."at" < parseDateTimeBestEffort('2026-03-17T00:00:00')
                  )
                  AND NOT (
                    "t8"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                  )
                )
                OR (
                  "t8"."time_zone" IN ('Europe/Berlin')
                  AND (
                    (
                      "t8"."at" >= parseDateTimeBestEffort('2026-03-08T23:00:00')
                    )
                    AND (
                      "t8"."at" < parseDateTimeBestEffort('2026-03-16T23:00:00')
                    )
                  )
                )
                OR (
                  "t8"."time_zone" IN ('Asia/Tokyo')
                  AND (
                    (
                      "t8"."at" >= parseDateTimeBestEffort('2026-03-08T15:00:00')
                    )
                    AND (
                      "t8"."at" < parseDateTimeBestEffort('2026-03-16T15:00:00')
                    )
                  )
                )
            ) AS "t10"
          ) AS "t11"
          GROUP BY
            "t11"."customer_id"
        ) AS "t14"
        WHERE
          "t14"."times" >= 1
      ) AS Nullable(Bool))
    )
) AS "t18";

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
), "t12" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" = 'basket'
)
SELECT
  "t85"."customer_id" AS "customer_id",
  "t85"."first_name" AS "first_name",
  "t85"."language" AS "language",
  "t85"."time_zone" AS "time_zone",
  "t85"."attributes" AS "attributes",
  "t85"."created_at" AS "created_at",
  "t85"."first_basket_at" AS "first_basket_at",
  "t85"."last_basket_at" AS "last_basket_at",
  COALESCE("t85"."baskets_30", 0) AS "baskets_30",
  COALESCE("t85"."spend_30", 0) AS "spend_30",
  COALESCE("t85"."baskets_90", 0) AS "baskets_90",
  COALESCE("t85"."spend_90", 0) AS "spend_90",
  COALESCE("t85"."baskets_365", 0) AS "baskets_365",
  COALESCE("t85"."spend_365", 0) AS "spend_365",
  "t85"."usual_interval" AS "usual_interval",
  "t85"."favourite_department" AS "favourite_department",
  "t85"."recent_favourite" AS "recent_favourite",
  "t85"."previous_favourite" AS "previous_favourite",
  COALESCE("t85"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR((
    toRelativeSecondNum("t85"."last_basket_at")
  ) / (
    86400
  )) AS Nullable(Int64)) AS "days_since_basket",
  (
    20528 - CAST(FLOOR((
      toRelativeSecondNum("t85"."last_basket_at")
    ) / (
      86400
    )) AS Nullable(Int64))
  ) / "t85"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    (
      toRelativeSecondNum(
        CAST(CASE
          WHEN (
            toDate("t85"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t85"."first_basket_at")), 1)) YEAR
          ) >= toDate('2026-03-16')
          THEN toDate("t85"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t85"."first_basket_at")), 1)) YEAR
          ELSE toDate("t85"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t85"."first_basket_at")), 1) + 1) YEAR
        END AS Nullable(DateTime))
      )
    ) / (
      86400
    )
  ) AS Nullable(Int64)) - 20528 AS "anniversary_in",
  toYear(
    CASE
      WHEN (
        toDate("t85"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t85"."first_basket_at")), 1)) YEAR
      ) >= toDate('2026-03-16')
      THEN toDate("t85"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t85"."first_basket_at")), 1)) YEAR
      ELSE toDate("t85"."first_basket_at") + INTERVAL (GREATEST(2026 - toYear(toDate("t85"."first_basket_at")), 1) + 1) YEAR
    END
  ) - toYear("t85"."first_basket_at") AS "years",
  CASE
    WHEN "t85"."recent_favourite" <> "t85"."previous_favourite"
    THEN "t85"."recent_favourite"
    ELSE CAST(NULL AS Nullable(String))
  END AS "new_favourite",
  COALESCE("t85"."repeats", 0) AS "repeats",
  COALESCE("t85"."days_with_us", 0) AS "days_with_us",
  "t85"."repeat_value" AS "repeat_value",
  COALESCE("t85"."baskets_ever", 0) AS "baskets_ever",
  COALESCE("t85"."spend_before_90", 0) AS "spend_before_90",
  COALESCE("t85"."emails_90", 0) AS "emails_90",
  "t85"."last_reply_at" AS "last_reply_at",
  COALESCE("t85"."replies_365", 0) AS "replies_365",
  "t85"."felt_understood" AS "felt_understood",
  COALESCE("t85"."spend_90", 0) / CAST(nullIf("t85"."spend_before_90", 0) AS Nullable(Float64)) AS "spend_trend",
  COALESCE(
    CAST(GREATEST(
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 10 THEN 10 ELSE 0 END,
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 25 THEN 25 ELSE 0 END,
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 50 THEN 50 ELSE 0 END,
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 100 THEN 100 ELSE 0 END,
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 250 THEN 250 ELSE 0 END,
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 500 THEN 500 ELSE 0 END,
      CASE WHEN COALESCE("t85"."baskets_ever", 0) >= 1000 THEN 1000 ELSE 0 END
    ) AS Nullable(Int64)),
    0
  ) AS "milestone",
  CASE
    WHEN isNotNull("t85"."last_basket_at")
    THEN CONCAT(
      CONCAT(
        CASE
          WHEN (
            20528 - CAST(FLOOR((
              toRelativeSecondNum("t85"."last_basket_at")
            ) / (
              86400
            )) AS Nullable(Int64))
          ) <= 30
          THEN '3'
          ELSE CASE
            WHEN (
              20528 - CAST(FLOOR((
                toRelativeSecondNum("t85"."last_basket_at")
              ) / (
                86400
              )) AS Nullable(Int64))
            ) <= 90
            THEN '2'
            ELSE '1'
          END
        END,
        CASE
          WHEN COALESCE("t85"."baskets_365", 0) >= 24
          THEN '3'
          ELSE CASE WHEN COALESCE("t85"."baskets_365", 0) >= 6 THEN '2' ELSE '1' END
        END
      ),
      CASE
        WHEN COALESCE("t85"."spend_365", 0) >= 100000
        THEN '3'
        ELSE CASE WHEN COALESCE("t85"."spend_365", 0) >= 25000 THEN '2' ELSE '1' END
      END
    )
    ELSE CAST(NULL AS Nullable(String))
  END AS "rfm"
FROM (
  SELECT
    "t84".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t83"."customer_id" AS "customer_id",
      "t83"."first_name" AS "first_name",
      "t83"."language" AS "language",
      "t83"."time_zone" AS "time_zone",
      "t83"."attributes" AS "attributes",
      "t83"."created_at" AS "created_at",
      "t83"."first_basket_at" AS "first_basket_at",
      "t83"."last_basket_at" AS "last_basket_at",
      "t83"."baskets_30" AS "baskets_30",
      "t83"."spend_30" AS "spend_30",
      "t83"."baskets_90" AS "baskets_90",
      "t83"."spend_90" AS "spend_90",
      "t83"."baskets_365" AS "baskets_365",
      "t83"."spend_365" AS "spend_365",
      "t83"."repeats" AS "repeats",
      "t83"."days_with_us" AS "days_with_us",
      "t83"."baskets_ever" AS "baskets_ever",
      "t83"."spend_before_90" AS "spend_before_90",
      "t83"."usual_interval" AS "usual_interval",
      "t83"."favourite_department" AS "favourite_department",
      "t83"."recent_favourite" AS "recent_favourite",
      "t83"."previous_favourite" AS "previous_favourite",
      "t83"."week_streak" AS "week_streak",
      "t83"."repeat_value" AS "repeat_value",
      "t83"."emails_90" AS "emails_90",
      "t83"."last_reply_at" AS "last_reply_at",
      "t83"."replies_365" AS "replies_365",
      "t36"."customer_id" AS "customer_id_right",
      "t36"."felt_understood" AS "felt_understood"
    FROM (
      SELECT
        "t81".*
        EXCEPT ("customer_id_right")
      FROM (
        SELECT
          "t80"."customer_id" AS "customer_id",
          "t80"."first_name" AS "first_name",
          "t80"."language" AS "language",
          "t80"."time_zone" AS "time_zone",
          "t80"."attributes" AS "attributes",
          "t80"."created_at" AS "created_at",
          "t80"."first_basket_at" AS "first_basket_at",
          "t80"."last_basket_at" AS "last_basket_at",
          "t80"."baskets_30" AS "baskets_30",
          "t80"."spend_30" AS "spend_30",
          "t80"."baskets_90" AS "baskets_90",
          "t80"."spend_90" AS "spend_90",
          "t80"."baskets_365" AS "baskets_365",
          "t80"."spend_365" AS "spend_365",
          "t80"."repeats" AS "repeats",
          "t80"."days_with_us" AS "days_with_us",
          "t80"."baskets_ever" AS "baskets_ever",
          "t80"."spend_before_90" AS "spend_before_90",
          "t80"."usual_interval" AS "usual_interval",
          "t80"."favourite_department" AS "favourite_department",
          "t80"."recent_favourite" AS "recent_favourite",
          "t80"."previous_favourite" AS "previous_favourite",
          "t80"."week_streak" AS "week_streak",
          "t80"."repeat_value" AS "repeat_value",
          "t80"."emails_90" AS "emails_90",
          "t25"."customer_id" AS "customer_id_right",
          "t25"."last_reply_at" AS "last_reply_at",
          "t25"."replies_365" AS "replies_365"
        FROM (
          SELECT
            "t78".*
            EXCEPT ("customer_id_right")
          FROM (
            SELECT
              "t77"."customer_id" AS "customer_id",
              "t77"."first_name" AS "first_name",
              "t77"."language" AS "language",
              "t77"."time_zone" AS "time_zone",
              "t77"."attributes" AS "attributes",
              "t77"."created_at" AS "created_at",
              "t77"."first_basket_at" AS "first_basket_at",
              "t77"."last_basket_at" AS "last_basket_at",
              "t77"."baskets_30" AS "baskets_30",
              "t77"."spend_30" AS "spend_30",
              "t77"."baskets_90" AS "baskets_90",
              "t77"."spend_90" AS "spend_90",
              "t77"."baskets_365" AS "baskets_365",
              "t77"."spend_365" AS "spend_365",
              "t77"."repeats" AS "repeats",
              "t77"."days_with_us" AS "days_with_us",
              "t77"."baskets_ever" AS "baskets_ever",
              "t77"."spend_before_90" AS "spend_before_90",
              "t77"."usual_interval" AS "usual_interval",
              "t77"."favourite_department" AS "favourite_department",
              "t77"."recent_favourite" AS "recent_favourite",
              "t77"."previous_favourite" AS "previous_favourite",
              "t77"."week_streak" AS "week_streak",
              "t77"."repeat_value" AS "repeat_value",
              "t26"."customer_id" AS "customer_id_right",
              "t26"."emails_90" AS "emails_90"
            FROM (
              SELECT
                "t75".*
                EXCEPT ("customer_id_right")
              FROM (
                SELECT
                  "t74"."customer_id" AS "customer_id",
                  "t74"."first_name" AS "first_name",
                  "t74"."language" AS "language",
                  "t74"."time_zone" AS "time_zone",
                  "t74"."attributes" AS "attributes",
                  "t74"."created_at" AS "created_at",
                  "t74"."first_basket_at" AS "first_basket_at",
                  "t74"."last_basket_at" AS "last_basket_at",
                  "t74"."baskets_30" AS "baskets_30",
                  "t74"."spend_30" AS "spend_30",
                  "t74"."baskets_90" AS "baskets_90",
                  "t74"."spend_90" AS "spend_90",
                  "t74"."baskets_365" AS "baskets_365",
                  "t74"."spend_365" AS "spend_365",
                  "t74"."repeats" AS "repeats",
                  "t74"."days_with_us" AS "days_with_us",
                  "t74"."baskets_ever" AS "baskets_ever",
                  "t74"."spend_before_90" AS "spend_before_90",
                  "t74"."usual_interval" AS "usual_interval",
                  "t74"."favourite_department" AS "favourite_department",
                  "t74"."recent_favourite" AS "recent_favourite",
                  "t74"."previous_favourite" AS "previous_favourite",
                  "t74"."week_streak" AS "week_streak",
                  "t59"."customer_id" AS "customer_id_right",
                  "t59"."repeat_value" AS "repeat_value"
                FROM (
                  SELECT
                    "t72".*
                    EXCEPT ("customer_id_right")
                  FROM (
                    SELECT
                      "t71"."customer_id" AS "customer_id",
                      "t71"."first_name" AS "first_name",
                      "t71"."language" AS "language",
                      "t71"."time_zone" AS "time_zone",
                      "t71"."attributes" AS "attributes",
                      "t71"."created_at" AS "created_at",
                      "t71"."first_basket_at" AS "first_basket_at",
                      "t71"."last_basket_at" AS "last_basket_at",
                      "t71"."baskets_30" AS "baskets_30",
                      "t71"."spend_30" AS "spend_30",
                      "t71"."baskets_90" AS "baskets_90",
                      "t71"."spend_90" AS "spend_90",
                      "t71"."baskets_365" AS "baskets_365",
                      "t71"."spend_365" AS "spend_365",
                      "t71"."repeats" AS "repeats",
                      "t71"."days_with_us" AS "days_with_us",
                      "t71"."baskets_ever" AS "baskets_ever",
                      "t71"."spend_before_90" AS "spend_before_90",
                      "t71"."usual_interval" AS "usual_interval",
                      "t71"."favourite_department" AS "favourite_department",
                      "t71"."recent_favourite" AS "recent_favourite",
                      "t71"."previous_favourite" AS "previous_favourite",
                      "t49"."customer_id" AS "customer_id_right",
                      "t49"."week_streak" AS "week_streak"
                    FROM (
                      SELECT
                        "t69".*
                        EXCEPT ("customer_id_right")
                      FROM (
                        SELECT
                          "t68"."customer_id" AS "customer_id",
                          "t68"."first_name" AS "first_name",
                          "t68"."language" AS "language",
                          "t68"."time_zone" AS "time_zone",
                          "t68"."attributes" AS "attributes",
                          "t68"."created_at" AS "created_at",
                          "t68"."first_basket_at" AS "first_basket_at",
                          "t68"."last_basket_at" AS "last_basket_at",
                          "t68"."baskets_30" AS "baskets_30",
                          "t68"."spend_30" AS "spend_30",
                          "t68"."baskets_90" AS "baskets_90",
                          "t68"."spend_90" AS "spend_90",
                          "t68"."baskets_365" AS "baskets_365",
                          "t68"."spend_365" AS "spend_365",
                          "t68"."repeats" AS "repeats",
                          "t68"."days_with_us" AS "days_with_us",
                          "t68"."baskets_ever" AS "baskets_ever",
                          "t68"."spend_before_90" AS "spend_before_90",
                          "t68"."usual_interval" AS "usual_interval",
                          "t68"."favourite_department" AS "favourite_department",
                          "t68"."recent_favourite" AS "recent_favourite",
                          "t54"."customer_id" AS "customer_id_right",
                          "t54"."previous_favourite" AS "previous_favourite"
                        FROM (
                          SELECT
                            "t66".*
                            EXCEPT ("customer_id_right")
                          FROM (
                            SELECT
                              "t65"."customer_id" AS "customer_id",
                              "t65"."first_name" AS "first_name",
                              "t65"."language" AS "language",
                              "t65"."time_zone" AS "time_zone",
                              "t65"."attributes" AS "attributes",
                              "t65"."created_at" AS "created_at",
                              "t65"."first_basket_at" AS "first_basket_at",
                              "t65"."last_basket_at" AS "last_basket_at",
                              "t65"."baskets_30" AS "baskets_30",
                              "t65"."spend_30" AS "spend_30",
                              "t65"."baskets_90" AS "baskets_90",
                              "t65"."spend_90" AS "spend_90",
                              "t65"."baskets_365" AS "baskets_365",
                              "t65"."spend_365" AS "spend_365",
                              "t65"."repeats" AS "repeats",
                              "t65"."days_with_us" AS "days_with_us",
                              "t65"."baskets_ever" AS "baskets_ever",
                              "t65"."spend_before_90" AS "spend_before_90",
                              "t65"."usual_interval" AS "usual_interval",
                              "t65"."favourite_department" AS "favourite_department",
                              "t55"."customer_id" AS "customer_id_right",
                              "t55"."recent_favourite" AS "recent_favourite"
                            FROM (
                              SELECT
                                "t63".*
                                EXCEPT ("customer_id_right")
                              FROM (
                                SELECT
                                  "t62"."customer_id" AS "customer_id",
                                  "t62"."first_name" AS "first_name",
                                  "t62"."language" AS "language",
                                  "t62"."time_zone" AS "time_zone",
                                  "t62"."attributes" AS "attributes",
                                  "t62"."created_at" AS "created_at",
                                  "t62"."first_basket_at" AS "first_basket_at",
                                  "t62"."last_basket_at" AS "last_basket_at",
                                  "t62"."baskets_30" AS "baskets_30",
                                  "t62"."spend_30" AS "spend_30",
                                  "t62"."baskets_90" AS "baskets_90",
                                  "t62"."spend_90" AS "spend_90",
                                  "t62"."baskets_365" AS "baskets_365",
                                  "t62"."spend_365" AS "spend_365",
                                  "t62"."repeats" AS "repeats",
                                  "t62"."days_with_us" AS "days_with_us",
                                  "t62"."baskets_ever" AS "baskets_ever",
                                  "t62"."spend_before_90" AS "spend_before_90",
                                  "t62"."usual_interval" AS "usual_interval",
                                  "t56"."customer_id" AS "customer_id_right",
                                  "t56"."favourite_department" AS "favourite_department"
                                FROM (
                                  SELECT
                                    "t60".*
                                    EXCEPT ("customer_id_right")
                                  FROM (
                                    SELECT
                                      "t48"."customer_id" AS "customer_id",
                                      "t48"."first_name" AS "first_name",
                                      "t48"."language" AS "language",
                                      "t48"."time_zone" AS "time_zone",
                                      "t48"."attributes" AS "attributes",
                                      "t48"."created_at" AS "created_at",
                                      "t48"."first_basket_at" AS "first_basket_at",
                                      "t48"."last_basket_at" AS "last_basket_at",
                                      "t48"."baskets_30" AS "baskets_30",
                                      "t48"."spend_30" AS "spend_30",
                                      "t48"."baskets_90" AS "baskets_90",
                                      "t48"."spend_90" AS "spend_90",
                                      "t48"."baskets_365" AS "baskets_365",
                                      "t48"."spend_365" AS "spend_365",
                                      "t48"."repeats" AS "repeats",
                                      "t48"."days_with_us" AS "days_with_us",
                                      "t48"."baskets_ever" AS "baskets_ever",
                                      "t48"."spend_before_90" AS "spend_before_90",
                                      "t57"."customer_id" AS "customer_id_right",
                                      "t57"."usual_interval" AS "usual_interval"
                                    FROM (
                                      SELECT
                                        "t40".*
                                        EXCEPT ("customer_id_right")
                                      FROM (
                                        SELECT
                                          "t4"."customer_id" AS "customer_id",
                                          "t4"."first_name" AS "first_name",
                                          "t4"."language" AS "language",
                                          "t4"."time_zone" AS "time_zone",
                                          "t4"."attributes" AS "attributes",
                                          "t4"."created_at" AS "created_at",
                                          "t31"."customer_id" AS "customer_id_right",
                                          "t31"."first_basket_at" AS "first_basket_at",
                                          "t31"."last_basket_at" AS "last_basket_at",
                                          "t31"."baskets_30" AS "baskets_30",
                                          "t31"."spend_30" AS "spend_30",
                                          "t31"."baskets_90" AS "baskets_90",
                                          "t31"."spend_90" AS "spend_90",
                                          "t31"."baskets_365" AS "baskets_365",
                                          "t31"."spend_365" AS "spend_365",
                                          "t31"."repeats" AS "repeats",
                                          "t31"."days_with_us" AS "days_with_us",
                                          "t31"."baskets_ever" AS "baskets_ever",
                                          "t31"."spend_before_90" AS "spend_before_90"
                                        FROM "customer" AS "t4"
                                        LEFT SEMI JOIN "touched" AS "t3"
                                          ON "t4"."customer_id" = "t3"."customer_id"
                                        LEFT OUTER JOIN (
                                          SELECT
                                            "t17"."customer_id" AS "customer_id",
                                            MIN("t17"."at") AS "first_basket_at",
                                            MAX("t17"."at") AS "last_basket_at",
                                            SUM(CAST("t17"."day" >= 20498 AS Nullable(Int32))) AS "baskets_30",
                                            sumIf("t17"."amount_cents", "t17"."day" >= 20498) AS "spend_30",
                                            SUM(CAST("t17"."day" >= 20438 AS Nullable(Int32))) AS "baskets_90",
                                            sumIf("t17"."amount_cents", "t17"."day" >= 20438) AS "spend_90",
                                            SUM(CAST("t17"."day" >= 20163 AS Nullable(Int32))) AS "baskets_365",
                                            sumIf("t17"."amount_cents", "t17"."day" >= 20163) AS "spend_365",
                                            uniq("t17"."day") - 1 AS "repeats",
                                            MAX("t17"."day") - MIN("t17"."day") AS "days_with_us",
                                            COUNT(*) AS "baskets_ever",
                                            sumIf("t17"."amount_cents", (
                                              "t17"."day" < 20438
                                            ) AND (
                                              "t17"."day" >= 20348
                                            )) AS "spend_before_90"
                                          FROM "t12" AS "t17"
                                          GROUP BY
                                            "t17"."customer_id"
                                        ) AS "t31"
                                          ON "t4"."customer_id" = "t31"."customer_id"
                                      ) AS "t40"
                                    ) AS "t48"
                                    LEFT OUTER JOIN (
                                      SELECT
                                        "t47"."customer_id" AS "customer_id",
                                        "t47"."usual_interval" AS "usual_interval"
                                      FROM (
                                        SELECT
                                          "t38"."customer_id" AS "customer_id",
                                          quantileExactExclusive("t38"."gap") AS "usual_interval",
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
                                                "t8"."name" = 'basket' AND "t8"."day" >= 20163
                                            ) AS "t16"
                                          ) AS "t30"
                                          WHERE
                                            isNotNull("t30"."gap")
                                        ) AS "t38"
                                        GROUP BY
                                          "t38"."customer_id"
                                      ) AS "t47"
                                      WHERE
                                        "t47"."gaps" >= 3
                                    ) AS "t57"
                                      ON "t48"."customer_id" = "t57"."customer_id"
                                  ) AS "t60"
                                ) AS "t62"
                                LEFT OUTER JOIN (
                                  SELECT
                                    "t46"."customer_id" AS "customer_id",
                                    "t46"."department" AS "favourite_department"
                                  FROM (
                                    SELECT
                                      "t34"."customer_id" AS "customer_id",
                                      "t34"."department" AS "department",
                                      "t34"."spent" AS "spent",
                                      ROW_NUMBER() OVER (
                                        PARTITION BY "t34"."customer_id"
                                        ORDER BY "t34"."spent" DESC, "t34"."department" ASC
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                      ) - 1 AS "place"
                                    FROM (
                                      SELECT
                                        *
                                      FROM (
                                        SELECT
                                          "t15"."customer_id" AS "customer_id",
                                          "t15"."department" AS "department",
                                          COALESCE(SUM("t15"."amount_cents"), 0) AS "spent"
                                        FROM (
                                          SELECT
                                            *
                                          FROM "t7" AS "t8"
                                          WHERE
                                            "t8"."name" = 'basket' AND "t8"."day" >= 20163
                                        ) AS "t15"
                                        GROUP BY
                                          "t15"."customer_id",
                                          "t15"."department"
                                      ) AS "t23"
                                      WHERE
                                        isNotNull("t23"."department")
                                    ) AS "t34"
                                  ) AS "t46"
                                  WHERE
                                    "t46"."place" = 0
                                ) AS "t56"
                                  ON "t62"."customer_id" = "t56"."customer_id"
                              ) AS "t63"
                            ) AS "t65"
                            LEFT OUTER JOIN (
                              SELECT
                                "t45"."customer_id" AS "customer_id",
                                "t45"."department" AS "recent_favourite"
                              FROM (
                                SELECT
                                  "t33"."customer_id" AS "customer_id",
                                  "t33"."department" AS "department",
                                  "t33"."spent" AS "spent",
                                  ROW_NUMBER() OVER (
                                    PARTITION BY "t33"."customer_id"
                                    ORDER BY "t33"."spent" DESC, "t33"."department" ASC
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                  ) - 1 AS "place"
                                FROM (
                                  SELECT
                                    *
                                  FROM (
                                    SELECT
                                      "t14"."customer_id" AS "customer_id",
                                      "t14"."department" AS "department",
                                      COALESCE(SUM("t14"."amount_cents"), 0) AS "spent"
                                    FROM (
                                      SELECT
                                        *
                                      FROM "t7" AS "t8"
                                      WHERE
                                        "t8"."name" = 'basket' AND "t8"."day" >= 20438
                                    ) AS "t14"
                                    GROUP BY
                                      "t14"."customer_id",
                                      "t14"."department"
                                  ) AS "t22"
                                  WHERE
                                    isNotNull("t22"."department")
                                ) AS "t33"
                              ) AS "t45"
                              WHERE
                                "t45"."place" = 0
                            ) AS "t55"
                              ON "t65"."customer_id" = "t55"."customer_id"
                          ) AS "t66"
                        ) AS "t68"
                        LEFT OUTER JOIN (
                          SELECT
                            "t44"."customer_id" AS "customer_id",
                            "t44"."department" AS "previous_favourite"
                          FROM (
                            SELECT
                              "t32"."customer_id" AS "customer_id",
                              "t32"."department" AS "department",
                              "t32"."spent" AS "spent",
                              ROW_NUMBER() OVER (
                                PARTITION BY "t32"."customer_id"
                                ORDER BY "t32"."spent" DESC, "t32"."department" ASC
                                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                              ) - 1 AS "place"
                            FROM (
                              SELECT
                                *
                              FROM (
                                SELECT
                                  "t13"."customer_id" AS "customer_id",
                                  "t13"."department" AS "department",
                                  COALESCE(SUM("t13"."amount_cents"), 0) AS "spent"
                                FROM (
                                  SELECT
                                    *
                                  FROM "t7" AS "t8"
                                  WHERE
                                    "t8"."name" = 'basket' AND "t8"."day" < 20438 AND "t8"."day" >= 20073
                                ) AS "t13"
                                GROUP BY
                                  "t13"."customer_id",
                                  "t13"."department"
                              ) AS "t21"
                              WHERE
                                isNotNull("t21"."department")
                            ) AS "t32"
                          ) AS "t44"
                          WHERE
                            "t44"."place" = 0
                        ) AS "t54"
                          ON "t68"."customer_id" = "t54"."customer_id"
                      ) AS "t69"
                    ) AS "t71"
                    LEFT OUTER JOIN (
                      SELECT
                        "t39"."customer_id" AS "customer_id",
                        COUNT(*) AS "week_streak"
                      FROM (
                        SELECT
                          *
                        FROM (
                          SELECT
                            "t18"."customer_id" AS "customer_id",
                            "t18"."week" AS "week",
                            ROW_NUMBER() OVER (
                              PARTITION BY "t18"."customer_id"
                              ORDER BY "t18"."week" DESC
                              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                            ) - 1 AS "place",
                            MAX("t18"."week") OVER (
                              PARTITION BY "t18"."customer_id"
                              ORDER BY "t18"."week" DESC
                              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                            ) AS "newest"
                          FROM (
                            SELECT DISTINCT
                              "t8"."customer_id" AS "customer_id",
                              CAST(FLOOR((
                                "t8"."day" + 3
                              ) / (
                                7
                              )) AS Nullable(Int64)) AS "week"
                            FROM "t7" AS "t8"
                            WHERE
                              "t8"."name" = 'basket'
                          ) AS "t18"
                        ) AS "t29"
                        WHERE
                          "t29"."newest" >= 2932 AND (
                            "t29"."week" + "t29"."place"
                          ) = "t29"."newest"
                      ) AS "t39"
                      GROUP BY
                        "t39"."customer_id"
                    ) AS "t49"
                      ON "t71"."customer_id" = "t49"."customer_id"
                  ) AS "t72"
                ) AS "t74"
                LEFT OUTER JOIN (
                  SELECT
                    "t42"."customer_id" AS "customer_id",
                    CAST(ROUND(AVG(CAST("t42"."spent" AS Nullable(Float64))), 0) AS Nullable(Int64)) AS "repeat_value"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t27"."customer_id" AS "customer_id",
                        "t27"."day" AS "day",
                        "t27"."spent" AS "spent",
                        MIN("t27"."day") OVER (
                          PARTITION BY "t27"."customer_id"
                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                        ) AS "first"
                      FROM (
                        SELECT
                          "t17"."customer_id" AS "customer_id",
                          "t17"."day" AS "day",
                          COALESCE(SUM("t17"."amount_cents"), 0) AS "spent"
                        FROM "t12" AS "t17"
                        GROUP BY
                          "t17"."customer_id",
                          "t17"."day"
                      ) AS "t27"
                    ) AS "t37"
                    WHERE
                      "t37"."day" > "t37"."first"
                  ) AS "t42"
                  GROUP BY
                    "t42"."customer_id"
                ) AS "t59"
                  ON "t74"."customer_id" = "t59"."customer_id"
              ) AS "t75"
            ) AS "t77"
            LEFT OUTER JOIN (
              SELECT
                "t11"."customer_id" AS "customer_id",
                SUM(CAST("t11"."day" >= 20438 AS Nullable(Int32))) AS "emails_90"
              FROM (
                SELECT
                  *
                FROM "t7" AS "t8"
                WHERE
                  "t8"."name" = 'email_sent'
              ) AS "t11"
              GROUP BY
                "t11"."customer_id"
            ) AS "t26"
              ON "t77"."customer_id" = "t26"."customer_id"
          ) AS "t78"
        ) AS "t80"
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
              "t8"."name" = 'replied'
          ) AS "t10"
          GROUP BY
            "t10"."customer_id"
        ) AS "t25"
          ON "t80"."customer_id" = "t25"."customer_id"
      ) AS "t81"
    ) AS "t83"
    LEFT OUTER JOIN (
      SELECT
        "t24"."customer_id" AS "customer_id",
        "t24"."felt_understood" AS "felt_understood"
      FROM (
        SELECT
          "t9"."customer_id" AS "customer_id",
          "t9"."at" AS "at",
          "t9"."id" AS "id",
          "t9"."felt_understood" AS "felt_understood",
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
            "t8"."answer" AS "felt_understood"
          FROM "t7" AS "t8"
          WHERE
            "t8"."name" = 'felt_understood'
        ) AS "t9"
      ) AS "t24"
      WHERE
        "t24"."place" = 0
    ) AS "t36"
      ON "t83"."customer_id" = "t36"."customer_id"
  ) AS "t84"
) AS "t85";
