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
  "t18"."customer_id"
FROM (
  SELECT
    *
  FROM "insight" AS "t0"
  WHERE
    TRUE
    AND COALESCE(LOWER("t0"."language") IN (LOWER('en'), LOWER('DE')), FALSE)
    AND "t0"."customer_id" IN (
      SELECT
        "t15"."customer_id"
      FROM (
        SELECT
          "t13"."customer_id",
          COUNT(*) AS "times"
        FROM (
          SELECT
            "t12"."id",
            "t12"."customer_id",
            "t12"."name",
            "t12"."at",
            "t12"."properties",
            "t12"."day",
            "t12"."amount_cents",
            "t12"."items",
            "t12"."department",
            "t12"."discount_cents",
            "t12"."answer"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t7"."id",
                "t7"."customer_id",
                "t7"."name",
                "t7"."at",
                "t7"."properties",
                "t7"."day",
                "t7"."amount_cents",
                "t7"."items",
                "t7"."department",
                "t7"."discount_cents",
                "t7"."answer",
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
              ) AS "t7"
              INNER JOIN (
                SELECT
                  "t0"."customer_id",
                  "t0"."time_zone"
                FROM "insight" AS "t0"
              ) AS "t3"
                ON "t7"."customer_id" = "t3"."customer_id"
            ) AS "t9"
            WHERE
              (
                (
                  "t9"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-16T00:00:00') AS TIMESTAMP(6))
                )
                AND (
                  "t9"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                )
                AND NOT (
                  "t9"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                "t9"."time_zone" IN ('Europe/Berlin')
                AND (
                  (
                    "t9"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T23:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t9"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                  )
                )
              )
              OR (
                "t9"."time_zone" IN ('Asia/Tokyo')
                AND (
                  (
                    "t9"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2025-12-15T15:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t9"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                  )
                )
              )
          ) AS "t12"
        ) AS "t13"
        GROUP BY
          1
      ) AS "t15"
      WHERE
        "t15"."times" >= 2
    )
    AND NOT (
      "t0"."customer_id" IN (
        SELECT
          "t14"."customer_id"
        FROM (
          SELECT
            "t11"."customer_id",
            COUNT(*) AS "times"
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
                *
              FROM (
                SELECT
                  "t5"."id",
                  "t5"."customer_id",
                  "t5"."name",
                  "t5"."at",
                  "t5"."properties",
                  "t5"."day",
                  "t5"."amount_cents",
                  "t5"."items",
                  "t5"."department",
                  "t5"."discount_cents",
                  "t5"."answer",
                  "t3"."time_zone"
                FROM (
                  SELECT
                    *
                  FROM "event" AS "t1"
                  WHERE
                    "t1"."name" = 'opened'
                    AND "t1"."at" <= CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T10:00:00') AS TIMESTAMP(6))
                    AND "t1"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                ) AS "t5"
                INNER JOIN (
                  SELECT
                    "t0"."customer_id",
                    "t0"."time_zone"
                  FROM "insight" AS "t0"
                ) AS "t3"
                  ON "t5"."customer_id" = "t3"."customer_id"
              ) AS "t8"
              WHERE
                (
                  (
                    "t8"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-09T00:00:00') AS TIMESTAMP(6))
                  )
                  AND (
                    "t8"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-17T00:00:00') AS TIMESTAMP(6))
                  )
                  AND NOT (
                    "t8"."time_zone" IN ('Europe/Berlin', 'Asia/Tokyo')
                  )
                )
                OR (
                  "t8"."time_zone" IN ('Europe/Berlin')
                  AND (
                    (
                      "t8"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T23:00:00') AS TIMESTAMP(6))
                    )
                    AND (
                      "t8"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T23:00:00') AS TIMESTAMP(6))
                    )
                  )
                )
                OR (
                  "t8"."time_zone" IN ('Asia/Tokyo')
                  AND (
                    (
                      "t8"."at" >= CAST(FROM_ISO8601_TIMESTAMP('2026-03-08T15:00:00') AS TIMESTAMP(6))
                    )
                    AND (
                      "t8"."at" < CAST(FROM_ISO8601_TIMESTAMP('2026-03-16T15:00:00') AS TIMESTAMP(6))
                    )
                  )
                )
            ) AS "t10"
          ) AS "t11"
          GROUP BY
            1
        ) AS "t14"
        WHERE
          "t14"."times" >= 1
      )
    )
) AS "t18";

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
), "t12" AS (
  SELECT
    *
  FROM "t7" AS "t8"
  WHERE
    "t8"."name" = 'basket'
)
SELECT
  "t85"."customer_id",
  "t85"."first_name",
  "t85"."language",
  "t85"."time_zone",
  "t85"."attributes",
  "t85"."created_at",
  "t85"."first_basket_at",
  "t85"."last_basket_at",
  COALESCE("t85"."baskets_30", 0) AS "baskets_30",
  COALESCE("t85"."spend_30", 0) AS "spend_30",
  COALESCE("t85"."baskets_90", 0) AS "baskets_90",
  COALESCE("t85"."spend_90", 0) AS "spend_90",
  COALESCE("t85"."baskets_365", 0) AS "baskets_365",
  COALESCE("t85"."spend_365", 0) AS "spend_365",
  "t85"."usual_interval",
  "t85"."favourite_department",
  "t85"."recent_favourite",
  "t85"."previous_favourite",
  COALESCE("t85"."week_streak", 0) AS "week_streak",
  20528 - CAST(FLOOR(CAST((
    TO_UNIXTIME("t85"."last_basket_at")
  ) AS DOUBLE) / (
    86400
  )) AS BIGINT) AS "days_since_basket",
  CAST((
    20528 - CAST(FLOOR(CAST((
      TO_UNIXTIME("t85"."last_basket_at")
    ) AS DOUBLE) / (
      86400
    )) AS BIGINT)
  ) AS DOUBLE) / "t85"."usual_interval" AS "overdue_ratio",
  CAST(FLOOR(
    CAST((
      TO_UNIXTIME(
        CAST(IF(
          (
            DATE("t85"."first_basket_at") + (
              GREATEST(2026 - EXTRACT(year FROM DATE("t85"."first_basket_at")), 1) * INTERVAL '1' YEAR
            )
          ) >= FROM_ISO8601_DATE('2026-03-16'),
          DATE("t85"."first_basket_at") + (
            GREATEST(2026 - EXTRACT(year FROM DATE("t85"."first_basket_at")), 1) * INTERVAL '1' YEAR
          ),
          DATE("t85"."first_basket_at") + (
            (
              GREATEST(2026 - EXTRACT(year FROM DATE("t85"."first_basket_at")), 1) + 1
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
      DATE("t85"."first_basket_at") + (
        GREATEST(2026 - EXTRACT(year FROM DATE("t85"."first_basket_at")), 1) * INTERVAL '1' YEAR
      )
    ) >= FROM_ISO8601_DATE('2026-03-16'),
    DATE("t85"."first_basket_at") + (
      GREATEST(2026 - EXTRACT(year FROM DATE("t85"."first_basket_at")), 1) * INTERVAL '1' YEAR
    ),
    DATE("t85"."first_basket_at") + (
      (
        GREATEST(2026 - EXTRACT(year FROM DATE("t85"."first_basket_at")), 1) + 1
      ) * INTERVAL '1' YEAR
    )
  )) - EXTRACT(year FROM "t85"."first_basket_at") AS "years",
  IF(
    "t85"."recent_favourite" <> "t85"."previous_favourite",
    "t85"."recent_favourite",
    CAST(NULL AS VARCHAR)
  ) AS "new_favourite",
  COALESCE("t85"."repeats", 0) AS "repeats",
  COALESCE("t85"."days_with_us", 0) AS "days_with_us",
  "t85"."repeat_value",
  COALESCE("t85"."baskets_ever", 0) AS "baskets_ever",
  COALESCE("t85"."spend_before_90", 0) AS "spend_before_90",
  COALESCE("t85"."emails_90", 0) AS "emails_90",
  "t85"."last_reply_at",
  COALESCE("t85"."replies_365", 0) AS "replies_365",
  "t85"."felt_understood",
  COALESCE("t85"."spend_90", 0) / CAST(NULLIF("t85"."spend_before_90", 0) AS DOUBLE) AS "spend_trend",
  COALESCE(
    CAST(GREATEST(
      IF(COALESCE("t85"."baskets_ever", 0) >= 10, 10, 0),
      IF(COALESCE("t85"."baskets_ever", 0) >= 25, 25, 0),
      IF(COALESCE("t85"."baskets_ever", 0) >= 50, 50, 0),
      IF(COALESCE("t85"."baskets_ever", 0) >= 100, 100, 0),
      IF(COALESCE("t85"."baskets_ever", 0) >= 250, 250, 0),
      IF(COALESCE("t85"."baskets_ever", 0) >= 500, 500, 0),
      IF(COALESCE("t85"."baskets_ever", 0) >= 1000, 1000, 0)
    ) AS BIGINT),
    0
  ) AS "milestone",
  IF(
    "t85"."last_basket_at" IS NOT NULL,
    CONCAT(
      CONCAT(
        IF(
          (
            20528 - CAST(FLOOR(CAST((
              TO_UNIXTIME("t85"."last_basket_at")
            ) AS DOUBLE) / (
              86400
            )) AS BIGINT)
          ) <= 30,
          '3',
          IF(
            (
              20528 - CAST(FLOOR(CAST((
                TO_UNIXTIME("t85"."last_basket_at")
              ) AS DOUBLE) / (
                86400
              )) AS BIGINT)
            ) <= 90,
            '2',
            '1'
          )
        ),
        IF(
          COALESCE("t85"."baskets_365", 0) >= 24,
          '3',
          IF(COALESCE("t85"."baskets_365", 0) >= 6, '2', '1')
        )
      ),
      IF(
        COALESCE("t85"."spend_365", 0) >= 100000,
        '3',
        IF(COALESCE("t85"."spend_365", 0) >= 25000, '2', '1')
      )
    ),
    CAST(NULL AS VARCHAR)
  ) AS "rfm"
FROM (
  SELECT
    "t84"."customer_id",
    "t84"."first_name",
    "t84"."language",
    "t84"."time_zone",
    "t84"."attributes",
    "t84"."created_at",
    "t84"."first_basket_at",
    "t84"."last_basket_at",
    "t84"."baskets_30",
    "t84"."spend_30",
    "t84"."baskets_90",
    "t84"."spend_90",
    "t84"."baskets_365",
    "t84"."spend_365",
    "t84"."repeats",
    "t84"."days_with_us",
    "t84"."baskets_ever",
    "t84"."spend_before_90",
    "t84"."usual_interval",
    "t84"."favourite_department",
    "t84"."recent_favourite",
    "t84"."previous_favourite",
    "t84"."week_streak",
    "t84"."repeat_value",
    "t84"."emails_90",
    "t84"."last_reply_at",
    "t84"."replies_365",
    "t84"."felt_understood"
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
      "t83"."week_streak",
      "t83"."repeat_value",
      "t83"."emails_90",
      "t83"."last_reply_at",
      "t83"."replies_365",
      "t36"."customer_id" AS "customer_id_right",
      "t36"."felt_understood"
    FROM (
      SELECT
        "t81"."customer_id",
        "t81"."first_name",
        "t81"."language",
        "t81"."time_zone",
        "t81"."attributes",
        "t81"."created_at",
        "t81"."first_basket_at",
        "t81"."last_basket_at",
        "t81"."baskets_30",
        "t81"."spend_30",
        "t81"."baskets_90",
        "t81"."spend_90",
        "t81"."baskets_365",
        "t81"."spend_365",
        "t81"."repeats",
        "t81"."days_with_us",
        "t81"."baskets_ever",
        "t81"."spend_before_90",
        "t81"."usual_interval",
        "t81"."favourite_department",
        "t81"."recent_favourite",
        "t81"."previous_favourite",
        "t81"."week_streak",
        "t81"."repeat_value",
        "t81"."emails_90",
        "t81"."last_reply_at",
        "t81"."replies_365"
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
          "t80"."previous_favourite",
          "t80"."week_streak",
          "t80"."repeat_value",
          "t80"."emails_90",
          "t25"."customer_id" AS "customer_id_right",
          "t25"."last_reply_at",
          "t25"."replies_365"
        FROM (
          SELECT
            "t78"."customer_id",
            "t78"."first_name",
            "t78"."language",
            "t78"."time_zone",
            "t78"."attributes",
            "t78"."created_at",
            "t78"."first_basket_at",
            "t78"."last_basket_at",
            "t78"."baskets_30",
            "t78"."spend_30",
            "t78"."baskets_90",
            "t78"."spend_90",
            "t78"."baskets_365",
            "t78"."spend_365",
            "t78"."repeats",
            "t78"."days_with_us",
            "t78"."baskets_ever",
            "t78"."spend_before_90",
            "t78"."usual_interval",
            "t78"."favourite_department",
            "t78"."recent_favourite",
            "t78"."previous_favourite",
            "t78"."week_streak",
            "t78"."repeat_value",
            "t78"."emails_90"
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
              "t77"."recent_favourite",
              "t77"."previous_favourite",
              "t77"."week_streak",
              "t77"."repeat_value",
              "t26"."customer_id" AS "customer_id_right",
              "t26"."emails_90"
            FROM (
              SELECT
                "t75"."customer_id",
                "t75"."first_name",
                "t75"."language",
                "t75"."time_zone",
                "t75"."attributes",
                "t75"."created_at",
                "t75"."first_basket_at",
                "t75"."last_basket_at",
                "t75"."baskets_30",
                "t75"."spend_30",
                "t75"."baskets_90",
                "t75"."spend_90",
                "t75"."baskets_365",
                "t75"."spend_365",
                "t75"."repeats",
                "t75"."days_with_us",
                "t75"."baskets_ever",
                "t75"."spend_before_90",
                "t75"."usual_interval",
                "t75"."favourite_department",
                "t75"."recent_favourite",
                "t75"."previous_favourite",
                "t75"."week_streak",
                "t75"."repeat_value"
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
                  "t74"."favourite_department",
                  "t74"."recent_favourite",
                  "t74"."previous_favourite",
                  "t74"."week_streak",
                  "t56"."customer_id" AS "customer_id_right",
                  "t56"."repeat_value"
                FROM (
                  SELECT
                    "t72"."customer_id",
                    "t72"."first_name",
                    "t72"."language",
                    "t72"."time_zone",
                    "t72"."attributes",
                    "t72"."created_at",
                    "t72"."first_basket_at",
                    "t72"."last_basket_at",
                    "t72"."baskets_30",
                    "t72"."spend_30",
                    "t72"."baskets_90",
                    "t72"."spend_90",
                    "t72"."baskets_365",
                    "t72"."spend_365",
                    "t72"."repeats",
                    "t72"."days_with_us",
                    "t72"."baskets_ever",
                    "t72"."spend_before_90",
                    "t72"."usual_interval",
                    "t72"."favourite_department",
                    "t72"."recent_favourite",
                    "t72"."previous_favourite",
                    "t72"."week_streak"
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
                      "t71"."usual_interval",
                      "t71"."favourite_department",
                      "t71"."recent_favourite",
                      "t71"."previous_favourite",
                      "t48"."customer_id" AS "customer_id_right",
                      "t48"."week_streak"
                    FROM (
                      SELECT
                        "t69"."customer_id",
                        "t69"."first_name",
                        "t69"."language",
                        "t69"."time_zone",
                        "t69"."attributes",
                        "t69"."created_at",
                        "t69"."first_basket_at",
                        "t69"."last_basket_at",
                        "t69"."baskets_30",
                        "t69"."spend_30",
                        "t69"."baskets_90",
                        "t69"."spend_90",
                        "t69"."baskets_365",
                        "t69"."spend_365",
                        "t69"."repeats",
                        "t69"."days_with_us",
                        "t69"."baskets_ever",
                        "t69"."spend_before_90",
                        "t69"."usual_interval",
                        "t69"."favourite_department",
                        "t69"."recent_favourite",
                        "t69"."previous_favourite"
                      FROM (
                        SELECT
                          "t68"."customer_id",
                          "t68"."first_name",
                          "t68"."language",
                          "t68"."time_zone",
                          "t68"."attributes",
                          "t68"."created_at",
                          "t68"."first_basket_at",
                          "t68"."last_basket_at",
                          "t68"."baskets_30",
                          "t68"."spend_30",
                          "t68"."baskets_90",
                          "t68"."spend_90",
                          "t68"."baskets_365",
                          "t68"."spend_365",
                          "t68"."repeats",
                          "t68"."days_with_us",
                          "t68"."baskets_ever",
                          "t68"."spend_before_90",
                          "t68"."usual_interval",
                          "t68"."favourite_department",
                          "t68"."recent_favourite",
                          "t52"."customer_id" AS "customer_id_right",
                          "t52"."previous_favourite"
                        FROM (
                          SELECT
                            "t66"."customer_id",
                            "t66"."first_name",
                            "t66"."language",
                            "t66"."time_zone",
                            "t66"."attributes",
                            "t66"."created_at",
                            "t66"."first_basket_at",
                            "t66"."last_basket_at",
                            "t66"."baskets_30",
                            "t66"."spend_30",
                            "t66"."baskets_90",
                            "t66"."spend_90",
                            "t66"."baskets_365",
                            "t66"."spend_365",
                            "t66"."repeats",
                            "t66"."days_with_us",
                            "t66"."baskets_ever",
                            "t66"."spend_before_90",
                            "t66"."usual_interval",
                            "t66"."favourite_department",
                            "t66"."recent_favourite"
                          FROM (
                            SELECT
                              "t65"."customer_id",
                              "t65"."first_name",
                              "t65"."language",
                              "t65"."time_zone",
                              "t65"."attributes",
                              "t65"."created_at",
                              "t65"."first_basket_at",
                              "t65"."last_basket_at",
                              "t65"."baskets_30",
                              "t65"."spend_30",
                              "t65"."baskets_90",
                              "t65"."spend_90",
                              "t65"."baskets_365",
                              "t65"."spend_365",
                              "t65"."repeats",
                              "t65"."days_with_us",
                              "t65"."baskets_ever",
                              "t65"."spend_before_90",
                              "t65"."usual_interval",
                              "t65"."favourite_department",
                              "t53"."customer_id" AS "customer_id_right",
                              "t53"."recent_favourite"
                            FROM (
                              SELECT
                                "t63"."customer_id",
                                "t63"."first_name",
                                "t63"."language",
                                "t63"."time_zone",
                                "t63"."attributes",
                                "t63"."created_at",
                                "t63"."first_basket_at",
                                "t63"."last_basket_at",
                                "t63"."baskets_30",
                                "t63"."spend_30",
                                "t63"."baskets_90",
                                "t63"."spend_90",
                                "t63"."baskets_365",
                                "t63"."spend_365",
                                "t63"."repeats",
                                "t63"."days_with_us",
                                "t63"."baskets_ever",
                                "t63"."spend_before_90",
                                "t63"."usual_interval",
                                "t63"."favourite_department"
                              FROM (
                                SELECT
                                  "t62"."customer_id",
                                  "t62"."first_name",
                                  "t62"."language",
                                  "t62"."time_zone",
                                  "t62"."attributes",
                                  "t62"."created_at",
                                  "t62"."first_basket_at",
                                  "t62"."last_basket_at",
                                  "t62"."baskets_30",
                                  "t62"."spend_30",
                                  "t62"."baskets_90",
                                  "t62"."spend_90",
                                  "t62"."baskets_365",
                                  "t62"."spend_365",
                                  "t62"."repeats",
                                  "t62"."days_with_us",
                                  "t62"."baskets_ever",
                                  "t62"."spend_before_90",
                                  "t62"."usual_interval",
                                  "t54"."customer_id" AS "customer_id_right",
                                  "t54"."favourite_department"
                                FROM (
                                  SELECT
                                    "t60"."customer_id",
                                    "t60"."first_name",
                                    "t60"."language",
                                    "t60"."time_zone",
                                    "t60"."attributes",
                                    "t60"."created_at",
                                    "t60"."first_basket_at",
                                    "t60"."last_basket_at",
                                    "t60"."baskets_30",
                                    "t60"."spend_30",
                                    "t60"."baskets_90",
                                    "t60"."spend_90",
                                    "t60"."baskets_365",
                                    "t60"."spend_365",
                                    "t60"."repeats",
                                    "t60"."days_with_us",
                                    "t60"."baskets_ever",
                                    "t60"."spend_before_90",
                                    "t60"."usual_interval"
                                  FROM (
                                    SELECT
                                      "t47"."customer_id",
                                      "t47"."first_name",
                                      "t47"."language",
                                      "t47"."time_zone",
                                      "t47"."attributes",
                                      "t47"."created_at",
                                      "t47"."first_basket_at",
                                      "t47"."last_basket_at",
                                      "t47"."baskets_30",
                                      "t47"."spend_30",
                                      "t47"."baskets_90",
                                      "t47"."spend_90",
                                      "t47"."baskets_365",
                                      "t47"."spend_365",
                                      "t47"."repeats",
                                      "t47"."days_with_us",
                                      "t47"."baskets_ever",
                                      "t47"."spend_before_90",
                                      "t59"."customer_id" AS "customer_id_right",
                                      "t59"."usual_interval"
                                    FROM (
                                      SELECT
                                        "t40"."customer_id",
                                        "t40"."first_name",
                                        "t40"."language",
                                        "t40"."time_zone",
                                        "t40"."attributes",
                                        "t40"."created_at",
                                        "t40"."first_basket_at",
                                        "t40"."last_basket_at",
                                        "t40"."baskets_30",
                                        "t40"."spend_30",
                                        "t40"."baskets_90",
                                        "t40"."spend_90",
                                        "t40"."baskets_365",
                                        "t40"."spend_365",
                                        "t40"."repeats",
                                        "t40"."days_with_us",
                                        "t40"."baskets_ever",
                                        "t40"."spend_before_90"
                                      FROM (
                                        SELECT
                                          "t4"."customer_id",
                                          "t4"."first_name",
                                          "t4"."language",
                                          "t4"."time_zone",
                                          "t4"."attributes",
                                          "t4"."created_at",
                                          "t31"."customer_id" AS "customer_id_right",
                                          "t31"."first_basket_at",
                                          "t31"."last_basket_at",
                                          "t31"."baskets_30",
                                          "t31"."spend_30",
                                          "t31"."baskets_90",
                                          "t31"."spend_90",
                                          "t31"."baskets_365",
                                          "t31"."spend_365",
                                          "t31"."repeats",
                                          "t31"."days_with_us",
                                          "t31"."baskets_ever",
                                          "t31"."spend_before_90"
                                        FROM "customer" AS "t4"
                                        LEFT OUTER JOIN (
                                          SELECT
                                            "t17"."customer_id",
                                            MIN("t17"."at") AS "first_basket_at",
                                            MAX("t17"."at") AS "last_basket_at",
                                            SUM(CAST("t17"."day" >= 20498 AS INTEGER)) AS "baskets_30",
                                            SUM("t17"."amount_cents") FILTER(WHERE
                                              "t17"."day" >= 20498) AS "spend_30",
                                            SUM(CAST("t17"."day" >= 20438 AS INTEGER)) AS "baskets_90",
                                            SUM("t17"."amount_cents") FILTER(WHERE
                                              "t17"."day" >= 20438) AS "spend_90",
                                            SUM(CAST("t17"."day" >= 20163 AS INTEGER)) AS "baskets_365",
                                            SUM("t17"."amount_cents") FILTER(WHERE
                                              "t17"."day" >= 20163) AS "spend_365",
                                            COUNT(DISTINCT "t17"."day") - 1 AS "repeats",
                                            MAX("t17"."day") - MIN("t17"."day") AS "days_with_us",
                                            COUNT(*) AS "baskets_ever",
                                            SUM("t17"."amount_cents") FILTER(WHERE
                                              (
                                                "t17"."day" < 20438
                                              ) AND (
                                                "t17"."day" >= 20348
                                              )) AS "spend_before_90"
                                          FROM "t12" AS "t17"
                                          GROUP BY
                                            1
                                        ) AS "t31"
                                          ON "t4"."customer_id" = "t31"."customer_id"
                                        WHERE
                                          EXISTS(
                                            SELECT
                                              1
                                            FROM "touched" AS "t3"
                                            WHERE
                                              "t4"."customer_id" = "t3"."customer_id"
                                          )
                                      ) AS "t40"
                                    ) AS "t47"
                                    LEFT OUTER JOIN (
                                      SELECT
                                        "t57"."customer_id",
                                        "t57"."usual_interval"
                                      FROM (
                                        SELECT
                                          "t38"."customer_id",
                                          CAST((
                                            ELEMENT_AT(
                                              ARRAY_SORT(ARRAY_AGG("t38"."gap") FILTER(WHERE
                                                "t38"."gap" IS NOT NULL)),
                                              CAST(FLOOR(
                                                CAST((
                                                  CARDINALITY(ARRAY_SORT(ARRAY_AGG("t38"."gap") FILTER(WHERE
                                                    "t38"."gap" IS NOT NULL))) - 1
                                                ) AS DOUBLE) / (
                                                  2
                                                )
                                              ) AS BIGINT) + 1
                                            ) + ELEMENT_AT(
                                              ARRAY_SORT(ARRAY_AGG("t38"."gap") FILTER(WHERE
                                                "t38"."gap" IS NOT NULL)),
                                              CAST(FLOOR(
                                                CAST((
                                                  CARDINALITY(ARRAY_SORT(ARRAY_AGG("t38"."gap") FILTER(WHERE
                                                    "t38"."gap" IS NOT NULL)))
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
                                              "t16"."customer_id",
                                              "t16"."day",
                                              CAST("t16"."day" - LAG("t16"."day") OVER (PARTITION BY "t16"."customer_id" ORDER BY "t16"."day" ASC) AS DOUBLE) AS "gap"
                                            FROM (
                                              SELECT DISTINCT
                                                "t8"."customer_id",
                                                "t8"."day"
                                              FROM "t7" AS "t8"
                                              WHERE
                                                "t8"."name" = 'basket' AND "t8"."day" >= 20163
                                            ) AS "t16"
                                          ) AS "t30"
                                          WHERE
                                            "t30"."gap" IS NOT NULL
                                        ) AS "t38"
                                        GROUP BY
                                          1
                                      ) AS "t57"
                                      WHERE
                                        "t57"."gaps" >= 3
                                    ) AS "t59"
                                      ON "t47"."customer_id" = "t59"."customer_id"
                                  ) AS "t60"
                                ) AS "t62"
                                LEFT OUTER JOIN (
                                  SELECT
                                    "t46"."customer_id",
                                    "t46"."department" AS "favourite_department"
                                  FROM (
                                    SELECT
                                      "t34"."customer_id",
                                      "t34"."department",
                                      "t34"."spent",
                                      ROW_NUMBER() OVER (
                                        PARTITION BY "t34"."customer_id"
                                        ORDER BY "t34"."spent" DESC, "t34"."department" ASC
                                      ) - 1 AS "place"
                                    FROM (
                                      SELECT
                                        *
                                      FROM (
                                        SELECT
                                          "t15"."customer_id",
                                          "t15"."department",
                                          COALESCE(SUM("t15"."amount_cents"), 0) AS "spent"
                                        FROM (
                                          SELECT
                                            *
                                          FROM "t7" AS "t8"
                                          WHERE
                                            "t8"."name" = 'basket' AND "t8"."day" >= 20163
                                        ) AS "t15"
                                        GROUP BY
                                          1,
                                          2
                                      ) AS "t23"
                                      WHERE
                                        "t23"."department" IS NOT NULL
                                    ) AS "t34"
                                  ) AS "t46"
                                  WHERE
                                    "t46"."place" = 0
                                ) AS "t54"
                                  ON "t62"."customer_id" = "t54"."customer_id"
                              ) AS "t63"
                            ) AS "t65"
                            LEFT OUTER JOIN (
                              SELECT
                                "t45"."customer_id",
                                "t45"."department" AS "recent_favourite"
                              FROM (
                                SELECT
                                  "t33"."customer_id",
                                  "t33"."department",
                                  "t33"."spent",
                                  ROW_NUMBER() OVER (
                                    PARTITION BY "t33"."customer_id"
                                    ORDER BY "t33"."spent" DESC, "t33"."department" ASC
                                  ) - 1 AS "place"
                                FROM (
                                  SELECT
                                    *
                                  FROM (
                                    SELECT
                                      "t14"."customer_id",
                                      "t14"."department",
                                      COALESCE(SUM("t14"."amount_cents"), 0) AS "spent"
                                    FROM (
                                      SELECT
                                        *
                                      FROM "t7" AS "t8"
                                      WHERE
                                        "t8"."name" = 'basket' AND "t8"."day" >= 20438
                                    ) AS "t14"
                                    GROUP BY
                                      1,
                                      2
                                  ) AS "t22"
                                  WHERE
                                    "t22"."department" IS NOT NULL
                                ) AS "t33"
                              ) AS "t45"
                              WHERE
                                "t45"."place" = 0
                            ) AS "t53"
                              ON "t65"."customer_id" = "t53"."customer_id"
                          ) AS "t66"
                        ) AS "t68"
                        LEFT OUTER JOIN (
                          SELECT
                            "t44"."customer_id",
                            "t44"."department" AS "previous_favourite"
                          FROM (
                            SELECT
                              "t32"."customer_id",
                              "t32"."department",
                              "t32"."spent",
                              ROW_NUMBER() OVER (
                                PARTITION BY "t32"."customer_id"
                                ORDER BY "t32"."spent" DESC, "t32"."department" ASC
                              ) - 1 AS "place"
                            FROM (
                              SELECT
                                *
                              FROM (
                                SELECT
                                  "t13"."customer_id",
                                  "t13"."department",
                                  COALESCE(SUM("t13"."amount_cents"), 0) AS "spent"
                                FROM (
                                  SELECT
                                    *
                                  FROM "t7" AS "t8"
                                  WHERE
                                    "t8"."name" = 'basket' AND "t8"."day" < 20438 AND "t8"."day" >= 20073
                                ) AS "t13"
                                GROUP BY
                                  1,
                                  2
                              ) AS "t21"
                              WHERE
                                "t21"."department" IS NOT NULL
                            ) AS "t32"
                          ) AS "t44"
                          WHERE
                            "t44"."place" = 0
                        ) AS "t52"
                          ON "t68"."customer_id" = "t52"."customer_id"
                      ) AS "t69"
                    ) AS "t71"
                    LEFT OUTER JOIN (
                      SELECT
                        "t39"."customer_id",
                        COUNT(*) AS "week_streak"
                      FROM (
                        SELECT
                          *
                        FROM (
                          SELECT
                            "t18"."customer_id",
                            "t18"."week",
                            ROW_NUMBER() OVER (PARTITION BY "t18"."customer_id" ORDER BY "t18"."week" DESC) - 1 AS "place",
                            MAX("t18"."week") OVER (
                              PARTITION BY "t18"."customer_id"
                              ORDER BY "t18"."week" DESC
                              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                            ) AS "newest"
                          FROM (
                            SELECT DISTINCT
                              "t8"."customer_id",
                              CAST(FLOOR(CAST((
                                "t8"."day" + 3
                              ) AS DOUBLE) / (
                                7
                              )) AS BIGINT) AS "week"
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
                        1
                    ) AS "t48"
                      ON "t71"."customer_id" = "t48"."customer_id"
                  ) AS "t72"
                ) AS "t74"
                LEFT OUTER JOIN (
                  SELECT
                    "t42"."customer_id",
                    CAST(ROUND(AVG(CAST("t42"."spent" AS DOUBLE)), 0) AS BIGINT) AS "repeat_value"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t27"."customer_id",
                        "t27"."day",
                        "t27"."spent",
                        MIN("t27"."day") OVER (
                          PARTITION BY "t27"."customer_id"
                          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                        ) AS "first"
                      FROM (
                        SELECT
                          "t17"."customer_id",
                          "t17"."day",
                          COALESCE(SUM("t17"."amount_cents"), 0) AS "spent"
                        FROM "t12" AS "t17"
                        GROUP BY
                          1,
                          2
                      ) AS "t27"
                    ) AS "t37"
                    WHERE
                      "t37"."day" > "t37"."first"
                  ) AS "t42"
                  GROUP BY
                    1
                ) AS "t56"
                  ON "t74"."customer_id" = "t56"."customer_id"
              ) AS "t75"
            ) AS "t77"
            LEFT OUTER JOIN (
              SELECT
                "t11"."customer_id",
                SUM(CAST("t11"."day" >= 20438 AS INTEGER)) AS "emails_90"
              FROM (
                SELECT
                  *
                FROM "t7" AS "t8"
                WHERE
                  "t8"."name" = 'email_sent'
              ) AS "t11"
              GROUP BY
                1
            ) AS "t26"
              ON "t77"."customer_id" = "t26"."customer_id"
          ) AS "t78"
        ) AS "t80"
        LEFT OUTER JOIN (
          SELECT
            "t10"."customer_id",
            MAX("t10"."at") AS "last_reply_at",
            SUM(CAST("t10"."day" >= 20163 AS INTEGER)) AS "replies_365"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
            WHERE
              "t8"."name" = 'replied'
          ) AS "t10"
          GROUP BY
            1
        ) AS "t25"
          ON "t80"."customer_id" = "t25"."customer_id"
      ) AS "t81"
    ) AS "t83"
    LEFT OUTER JOIN (
      SELECT
        "t24"."customer_id",
        "t24"."felt_understood"
      FROM (
        SELECT
          "t9"."customer_id",
          "t9"."at",
          "t9"."id",
          "t9"."felt_understood",
          ROW_NUMBER() OVER (PARTITION BY "t9"."customer_id" ORDER BY "t9"."at" DESC, "t9"."id" DESC) - 1 AS "place"
        FROM (
          SELECT
            "t8"."customer_id",
            "t8"."at",
            "t8"."id",
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
