-- anniversary
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`anniversary_in` <= 7, FALSE)
  AND COALESCE(`t0`.`week_streak` >= 8, FALSE);

-- new-favourite
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`new_favourite` IS NOT NULL, FALSE)
  AND COALESCE(`t0`.`baskets_90` >= 5, FALSE);

-- quiet-after-heavy-use
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`baskets_365` >= 40, FALSE)
  AND COALESCE(`t0`.`baskets_30` <= 1, FALSE);

-- win-back
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  TRUE
  AND COALESCE(`t0`.`overdue_ratio` >= 2.5, FALSE)
  AND COALESCE(`t0`.`days_since_basket` >= 28, FALSE)
  AND COALESCE(`t0`.`baskets_365` >= 12, FALSE);

-- windows
SELECT
  `t19`.`customer_id`
FROM (
  SELECT
    *
  FROM `insight` AS `t0`
  WHERE
    TRUE
    AND COALESCE(LOWER(`t0`.`language`) IN (LOWER('en'), LOWER('DE')), FALSE)
    AND `t0`.`customer_id` IN (
      SELECT
        `t17`.`customer_id`
      FROM (
        SELECT
          `t15`.`customer_id`,
          COUNT(*) AS `times`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM `event` AS `t1`
            WHERE
              `t1`.`name` = 'basket'
              AND `t1`.`at` <= DATETIME('2026-03-16T10:00:00')
              AND COALESCE(`t1`.`amount_cents` >= 2000, FALSE)
              AND `t1`.`at` >= DATETIME('2025-12-16T00:00:00')
          ) AS `t7`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              `t11`.`id`,
              `t11`.`customer_id`,
              `t11`.`name`,
              `t11`.`at`,
              `t11`.`properties`,
              `t11`.`day`,
              `t11`.`amount_cents`,
              `t11`.`items`,
              `t11`.`department`,
              `t11`.`discount_cents`,
              `t11`.`answer`
            FROM (
              SELECT
                `t9`.`id`,
                `t9`.`customer_id`,
                `t9`.`name`,
                `t9`.`at`,
                `t9`.`properties`,
                `t9`.`day`,
                `t9`.`amount_cents`,
                `t9`.`items`,
                `t9`.`department`,
                `t9`.`discount_cents`,
                `t9`.`answer`,
                `t3`.`time_zone`
              FROM (
                SELECT
                  *
                FROM `event` AS `t1`
                WHERE
                  `t1`.`name` = 'basket'
                  AND `t1`.`at` <= DATETIME('2026-03-16T10:00:00')
                  AND COALESCE(`t1`.`amount_cents` >= 2000, FALSE)
                  AND `t1`.`at` >= DATETIME('2025-12-15T15:00:00')
                  AND `t1`.`at` < DATETIME('2025-12-16T00:00:00')
              ) AS `t9`
              INNER JOIN (
                SELECT
                  `t0`.`customer_id`,
                  `t0`.`time_zone`
                FROM `insight` AS `t0`
              ) AS `t3`
                ON `t9`.`customer_id` = `t3`.`customer_id`
            ) AS `t11`
            WHERE
              (
                (
                  `t11`.`at` >= DATETIME('2025-12-16T00:00:00')
                )
                AND (
                  `t11`.`at` < DATETIME('2026-03-17T00:00:00')
                )
                AND NOT (
                  `t11`.`time_zone` IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                `t11`.`time_zone` IN ('Europe/Berlin')
                AND (
                  (
                    `t11`.`at` >= DATETIME('2025-12-15T23:00:00')
                  )
                  AND (
                    `t11`.`at` < DATETIME('2026-03-16T23:00:00')
                  )
                )
              )
              OR (
                `t11`.`time_zone` IN ('Asia/Tokyo')
                AND (
                  (
                    `t11`.`at` >= DATETIME('2025-12-15T15:00:00')
                  )
                  AND (
                    `t11`.`at` < DATETIME('2026-03-16T15:00:00')
                  )
                )
              )
          ) AS `t14`
        ) AS `t15`
        GROUP BY
          1
      ) AS `t17`
      WHERE
        `t17`.`times` >= 2
    )
    AND NOT (
      `t0`.`customer_id` IN (
        SELECT
          `t13`.`customer_id`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM `event` AS `t1`
            WHERE
              `t1`.`name` = 'opened'
              AND `t1`.`at` <= DATETIME('2026-03-16T10:00:00')
              AND `t1`.`at` >= DATETIME('2026-03-09T00:00:00')
          ) AS `t4`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              `t10`.`id`,
              `t10`.`customer_id`,
              `t10`.`name`,
              `t10`.`at`,
              `t10`.`properties`,
              `t10`.`day`,
              `t10`.`amount_cents`,
              `t10`.`items`,
              `t10`.`department`,
              `t10`.`discount_cents`,
              `t10`.`answer`
            FROM (
              SELECT
                `t6`.`id`,
                `t6`.`customer_id`,
                `t6`.`name`,
                `t6`.`at`,
                `t6`.`properties`,
                `t6`.`day`,
                `t6`.`amount_cents`,
                `t6`.`items`,
                `t6`.`department`,
                `t6`.`discount_cents`,
                `t6`.`answer`,
                `t3`.`time_zone`
              FROM (
                SELECT
                  *
                FROM `event` AS `t1`
                WHERE
                  `t1`.`name` = 'opened'
                  AND `t1`.`at` <= DATETIME('2026-03-16T10:00:00')
                  AND `t1`.`at` >= DATETIME('2026-03-08T15:00:00')
                  AND `t1`.`at` < DATETIME('2026-03-09T00:00:00')
              ) AS `t6`
              INNER JOIN (
                SELECT
                  `t0`.`customer_id`,
                  `t0`.`time_zone`
                FROM `insight` AS `t0`
              ) AS `t3`
                ON `t6`.`customer_id` = `t3`.`customer_id`
            ) AS `t10`
            WHERE
              (
                (
                  `t10`.`at` >= DATETIME('2026-03-09T00:00:00')
                )
                AND (
                  `t10`.`at` < DATETIME('2026-03-17T00:00:00')
                )
                AND NOT (
                  `t10`.`time_zone` IN ('Europe/Berlin', 'Asia/Tokyo')
                )
              )
              OR (
                `t10`.`time_zone` IN ('Europe/Berlin')
                AND (
                  (
                    `t10`.`at` >= DATETIME('2026-03-08T23:00:00')
                  )
                  AND (
                    `t10`.`at` < DATETIME('2026-03-16T23:00:00')
                  )
                )
              )
              OR (
                `t10`.`time_zone` IN ('Asia/Tokyo')
                AND (
                  (
                    `t10`.`at` >= DATETIME('2026-03-08T15:00:00')
                  )
                  AND (
                    `t10`.`at` < DATETIME('2026-03-16T15:00:00')
                  )
                )
              )
          ) AS `t12`
        ) AS `t13`
      )
    )
) AS `t19`;

-- attributes
SELECT
  `t0`.`customer_id`
FROM `insight` AS `t0`
WHERE
  COALESCE(
    LOWER(
      COALESCE(
        safe.string(SAFE_CAST(`t0`.`attributes` AS JSON)['tier']),
        NULLIF(CAST(SAFE_CAST(`t0`.`attributes` AS JSON)['tier'] AS STRING), 'null')
      )
    ) = LOWER('gold'),
    FALSE
  )
  OR COALESCE(
    SAFE_CAST(NULLIF(CAST(SAFE_CAST(`t0`.`attributes` AS JSON)['points'] AS STRING), 'null') AS FLOAT64) > 100,
    FALSE
  );

-- insights
WITH `t7` AS (
  SELECT
    `t6`.`id`,
    `t6`.`customer_id`,
    `t6`.`name`,
    `t6`.`at`,
    `t6`.`properties`,
    `t6`.`day`,
    `t6`.`amount_cents`,
    `t6`.`items`,
    `t6`.`department`,
    `t6`.`discount_cents`,
    `t6`.`answer`
  FROM (
    SELECT
      *
    FROM `event` AS `t0`
    WHERE
      `t0`.`day` <= 20528
  ) AS `t6`
  WHERE
    EXISTS(
      SELECT
        1
      FROM `touched` AS `t3`
      WHERE
        `t6`.`customer_id` = `t3`.`customer_id`
    )
), `t14` AS (
  SELECT
    *
  FROM `t7` AS `t8`
  WHERE
    `t8`.`name` IN ('basket')
)
SELECT
  `t99`.`customer_id`,
  `t99`.`first_name`,
  `t99`.`language`,
  `t99`.`time_zone`,
  `t99`.`attributes`,
  `t99`.`created_at`,
  `t99`.`first_basket_at`,
  `t99`.`last_basket_at`,
  COALESCE(`t99`.`baskets_30`, 0) AS `baskets_30`,
  COALESCE(`t99`.`spend_30`, 0) AS `spend_30`,
  COALESCE(`t99`.`baskets_90`, 0) AS `baskets_90`,
  COALESCE(`t99`.`spend_90`, 0) AS `spend_90`,
  COALESCE(`t99`.`baskets_365`, 0) AS `baskets_365`,
  COALESCE(`t99`.`spend_365`, 0) AS `spend_365`,
  `t99`.`usual_interval`,
  `t99`.`favourite_department`,
  `t99`.`recent_favourite`,
  `t99`.`previous_favourite`,
  COALESCE(`t99`.`week_streak`, 0) AS `week_streak`,
  20528 - CAST(FLOOR(ieee_divide(UNIX_SECONDS(`t99`.`last_basket_at`), 86400)) AS INT64) AS `days_since_basket`,
  ieee_divide(
    20528 - CAST(FLOOR(ieee_divide(UNIX_SECONDS(`t99`.`last_basket_at`), 86400)) AS INT64),
    `t99`.`usual_interval`
  ) AS `overdue_ratio`,
  CAST(FLOOR(
    ieee_divide(
      UNIX_SECONDS(
        CAST(IF(
          DATE_ADD(
            DATE(`t99`.`first_basket_at`),
            INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t99`.`first_basket_at`)), 1)) YEAR
          ) >= DATE(2026, 3, 16),
          DATE_ADD(
            DATE(`t99`.`first_basket_at`),
            INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t99`.`first_basket_at`)), 1)) YEAR
          ),
          DATE_ADD(
            DATE(`t99`.`first_basket_at`),
            INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t99`.`first_basket_at`)), 1) + 1) YEAR
          )
        ) AS DATETIME)
      ),
      86400
    )
  ) AS INT64) - 20528 AS `anniversary_in`,
  EXTRACT(year FROM IF(
    DATE_ADD(
      DATE(`t99`.`first_basket_at`),
      INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t99`.`first_basket_at`)), 1)) YEAR
    ) >= DATE(2026, 3, 16),
    DATE_ADD(
      DATE(`t99`.`first_basket_at`),
      INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t99`.`first_basket_at`)), 1)) YEAR
    ),
    DATE_ADD(
      DATE(`t99`.`first_basket_at`),
      INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(`t99`.`first_basket_at`)), 1) + 1) YEAR
    )
  )) - EXTRACT(year FROM `t99`.`first_basket_at`) AS `years`,
  IF(
    `t99`.`recent_favourite` <> `t99`.`previous_favourite`,
    `t99`.`recent_favourite`,
    CAST(NULL AS STRING)
  ) AS `new_favourite`,
  COALESCE(`t99`.`repeats`, 0) AS `repeats`,
  COALESCE(`t99`.`days_with_us`, 0) AS `days_with_us`,
  `t99`.`repeat_value`,
  COALESCE(`t99`.`baskets_ever`, 0) AS `baskets_ever`,
  COALESCE(`t99`.`spend_before_90`, 0) AS `spend_before_90`,
  COALESCE(`t99`.`emails_90`, 0) AS `emails_90`,
  `t99`.`last_reply_at`,
  COALESCE(`t99`.`replies_365`, 0) AS `replies_365`,
  `t99`.`felt_understood`,
  COALESCE(`t99`.`engaged_90`, 0) AS `engaged_90`,
  `t99`.`last_engaged_at`,
  COALESCE(`t99`.`emails_unanswered`, 0) AS `emails_unanswered`,
  ieee_divide(COALESCE(`t99`.`spend_90`, 0), CAST(NULLIF(`t99`.`spend_before_90`, 0) AS FLOAT64)) AS `spend_trend`,
  COALESCE(
    CAST(GREATEST(
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 10, 10, 0),
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 25, 25, 0),
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 50, 50, 0),
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 100, 100, 0),
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 250, 250, 0),
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 500, 500, 0),
      IF(COALESCE(`t99`.`baskets_ever`, 0) >= 1000, 1000, 0)
    ) AS INT64),
    0
  ) AS `milestone`,
  IF(
    `t99`.`last_basket_at` IS NOT NULL,
    CONCAT(
      CONCAT(
        IF(
          (
            20528 - CAST(FLOOR(ieee_divide(UNIX_SECONDS(`t99`.`last_basket_at`), 86400)) AS INT64)
          ) <= 30,
          '3',
          IF(
            (
              20528 - CAST(FLOOR(ieee_divide(UNIX_SECONDS(`t99`.`last_basket_at`), 86400)) AS INT64)
            ) <= 90,
            '2',
            '1'
          )
        ),
        IF(
          COALESCE(`t99`.`baskets_365`, 0) >= 24,
          '3',
          IF(COALESCE(`t99`.`baskets_365`, 0) >= 6, '2', '1')
        )
      ),
      IF(
        COALESCE(`t99`.`spend_365`, 0) >= 100000,
        '3',
        IF(COALESCE(`t99`.`spend_365`, 0) >= 25000, '2', '1')
      )
    ),
    CAST(NULL AS STRING)
  ) AS `rfm`
FROM (
  SELECT
    `t98`.*
    EXCEPT (`customer_id_right`)
  FROM (
    SELECT
      `t97`.`customer_id`,
      `t97`.`first_name`,
      `t97`.`language`,
      `t97`.`time_zone`,
      `t97`.`attributes`,
      `t97`.`created_at`,
      `t97`.`first_basket_at`,
      `t97`.`last_basket_at`,
      `t97`.`baskets_30`,
      `t97`.`spend_30`,
      `t97`.`baskets_90`,
      `t97`.`spend_90`,
      `t97`.`baskets_365`,
      `t97`.`spend_365`,
      `t97`.`repeats`,
      `t97`.`days_with_us`,
      `t97`.`baskets_ever`,
      `t97`.`spend_before_90`,
      `t97`.`usual_interval`,
      `t97`.`favourite_department`,
      `t97`.`recent_favourite`,
      `t97`.`previous_favourite`,
      `t97`.`week_streak`,
      `t97`.`repeat_value`,
      `t97`.`emails_90`,
      `t97`.`last_reply_at`,
      `t97`.`replies_365`,
      `t97`.`felt_understood`,
      `t97`.`engaged_90`,
      `t97`.`last_engaged_at`,
      `t54`.`customer_id` AS `customer_id_right`,
      `t54`.`emails_unanswered`
    FROM (
      SELECT
        `t95`.*
        EXCEPT (`customer_id_right`)
      FROM (
        SELECT
          `t94`.`customer_id`,
          `t94`.`first_name`,
          `t94`.`language`,
          `t94`.`time_zone`,
          `t94`.`attributes`,
          `t94`.`created_at`,
          `t94`.`first_basket_at`,
          `t94`.`last_basket_at`,
          `t94`.`baskets_30`,
          `t94`.`spend_30`,
          `t94`.`baskets_90`,
          `t94`.`spend_90`,
          `t94`.`baskets_365`,
          `t94`.`spend_365`,
          `t94`.`repeats`,
          `t94`.`days_with_us`,
          `t94`.`baskets_ever`,
          `t94`.`spend_before_90`,
          `t94`.`usual_interval`,
          `t94`.`favourite_department`,
          `t94`.`recent_favourite`,
          `t94`.`previous_favourite`,
          `t94`.`week_streak`,
          `t94`.`repeat_value`,
          `t94`.`emails_90`,
          `t94`.`last_reply_at`,
          `t94`.`replies_365`,
          `t94`.`felt_understood`,
          `t27`.`customer_id` AS `customer_id_right`,
          `t27`.`engaged_90`,
          `t27`.`last_engaged_at`
        FROM (
          SELECT
            `t92`.*
            EXCEPT (`customer_id_right`)
          FROM (
            SELECT
              `t91`.`customer_id`,
              `t91`.`first_name`,
              `t91`.`language`,
              `t91`.`time_zone`,
              `t91`.`attributes`,
              `t91`.`created_at`,
              `t91`.`first_basket_at`,
              `t91`.`last_basket_at`,
              `t91`.`baskets_30`,
              `t91`.`spend_30`,
              `t91`.`baskets_90`,
              `t91`.`spend_90`,
              `t91`.`baskets_365`,
              `t91`.`spend_365`,
              `t91`.`repeats`,
              `t91`.`days_with_us`,
              `t91`.`baskets_ever`,
              `t91`.`spend_before_90`,
              `t91`.`usual_interval`,
              `t91`.`favourite_department`,
              `t91`.`recent_favourite`,
              `t91`.`previous_favourite`,
              `t91`.`week_streak`,
              `t91`.`repeat_value`,
              `t91`.`emails_90`,
              `t91`.`last_reply_at`,
              `t91`.`replies_365`,
              `t41`.`customer_id` AS `customer_id_right`,
              `t41`.`felt_understood`
            FROM (
              SELECT
                `t89`.*
                EXCEPT (`customer_id_right`)
              FROM (
                SELECT
                  `t88`.`customer_id`,
                  `t88`.`first_name`,
                  `t88`.`language`,
                  `t88`.`time_zone`,
                  `t88`.`attributes`,
                  `t88`.`created_at`,
                  `t88`.`first_basket_at`,
                  `t88`.`last_basket_at`,
                  `t88`.`baskets_30`,
                  `t88`.`spend_30`,
                  `t88`.`baskets_90`,
                  `t88`.`spend_90`,
                  `t88`.`baskets_365`,
                  `t88`.`spend_365`,
                  `t88`.`repeats`,
                  `t88`.`days_with_us`,
                  `t88`.`baskets_ever`,
                  `t88`.`spend_before_90`,
                  `t88`.`usual_interval`,
                  `t88`.`favourite_department`,
                  `t88`.`recent_favourite`,
                  `t88`.`previous_favourite`,
                  `t88`.`week_streak`,
                  `t88`.`repeat_value`,
                  `t88`.`emails_90`,
                  `t29`.`customer_id` AS `customer_id_right`,
                  `t29`.`last_reply_at`,
                  `t29`.`replies_365`
                FROM (
                  SELECT
                    `t86`.*
                    EXCEPT (`customer_id_right`)
                  FROM (
                    SELECT
                      `t85`.`customer_id`,
                      `t85`.`first_name`,
                      `t85`.`language`,
                      `t85`.`time_zone`,
                      `t85`.`attributes`,
                      `t85`.`created_at`,
                      `t85`.`first_basket_at`,
                      `t85`.`last_basket_at`,
                      `t85`.`baskets_30`,
                      `t85`.`spend_30`,
                      `t85`.`baskets_90`,
                      `t85`.`spend_90`,
                      `t85`.`baskets_365`,
                      `t85`.`spend_365`,
                      `t85`.`repeats`,
                      `t85`.`days_with_us`,
                      `t85`.`baskets_ever`,
                      `t85`.`spend_before_90`,
                      `t85`.`usual_interval`,
                      `t85`.`favourite_department`,
                      `t85`.`recent_favourite`,
                      `t85`.`previous_favourite`,
                      `t85`.`week_streak`,
                      `t85`.`repeat_value`,
                      `t30`.`customer_id` AS `customer_id_right`,
                      `t30`.`emails_90`
                    FROM (
                      SELECT
                        `t83`.*
                        EXCEPT (`customer_id_right`)
                      FROM (
                        SELECT
                          `t82`.`customer_id`,
                          `t82`.`first_name`,
                          `t82`.`language`,
                          `t82`.`time_zone`,
                          `t82`.`attributes`,
                          `t82`.`created_at`,
                          `t82`.`first_basket_at`,
                          `t82`.`last_basket_at`,
                          `t82`.`baskets_30`,
                          `t82`.`spend_30`,
                          `t82`.`baskets_90`,
                          `t82`.`spend_90`,
                          `t82`.`baskets_365`,
                          `t82`.`spend_365`,
                          `t82`.`repeats`,
                          `t82`.`days_with_us`,
                          `t82`.`baskets_ever`,
                          `t82`.`spend_before_90`,
                          `t82`.`usual_interval`,
                          `t82`.`favourite_department`,
                          `t82`.`recent_favourite`,
                          `t82`.`previous_favourite`,
                          `t82`.`week_streak`,
                          `t64`.`customer_id` AS `customer_id_right`,
                          `t64`.`repeat_value`
                        FROM (
                          SELECT
                            `t80`.*
                            EXCEPT (`customer_id_right`)
                          FROM (
                            SELECT
                              `t79`.`customer_id`,
                              `t79`.`first_name`,
                              `t79`.`language`,
                              `t79`.`time_zone`,
                              `t79`.`attributes`,
                              `t79`.`created_at`,
                              `t79`.`first_basket_at`,
                              `t79`.`last_basket_at`,
                              `t79`.`baskets_30`,
                              `t79`.`spend_30`,
                              `t79`.`baskets_90`,
                              `t79`.`spend_90`,
                              `t79`.`baskets_365`,
                              `t79`.`spend_365`,
                              `t79`.`repeats`,
                              `t79`.`days_with_us`,
                              `t79`.`baskets_ever`,
                              `t79`.`spend_before_90`,
                              `t79`.`usual_interval`,
                              `t79`.`favourite_department`,
                              `t79`.`recent_favourite`,
                              `t79`.`previous_favourite`,
                              `t56`.`customer_id` AS `customer_id_right`,
                              `t56`.`week_streak`
                            FROM (
                              SELECT
                                `t77`.*
                                EXCEPT (`customer_id_right`)
                              FROM (
                                SELECT
                                  `t76`.`customer_id`,
                                  `t76`.`first_name`,
                                  `t76`.`language`,
                                  `t76`.`time_zone`,
                                  `t76`.`attributes`,
                                  `t76`.`created_at`,
                                  `t76`.`first_basket_at`,
                                  `t76`.`last_basket_at`,
                                  `t76`.`baskets_30`,
                                  `t76`.`spend_30`,
                                  `t76`.`baskets_90`,
                                  `t76`.`spend_90`,
                                  `t76`.`baskets_365`,
                                  `t76`.`spend_365`,
                                  `t76`.`repeats`,
                                  `t76`.`days_with_us`,
                                  `t76`.`baskets_ever`,
                                  `t76`.`spend_before_90`,
                                  `t76`.`usual_interval`,
                                  `t76`.`favourite_department`,
                                  `t76`.`recent_favourite`,
                                  `t60`.`customer_id` AS `customer_id_right`,
                                  `t60`.`previous_favourite`
                                FROM (
                                  SELECT
                                    `t74`.*
                                    EXCEPT (`customer_id_right`)
                                  FROM (
                                    SELECT
                                      `t73`.`customer_id`,
                                      `t73`.`first_name`,
                                      `t73`.`language`,
                                      `t73`.`time_zone`,
                                      `t73`.`attributes`,
                                      `t73`.`created_at`,
                                      `t73`.`first_basket_at`,
                                      `t73`.`last_basket_at`,
                                      `t73`.`baskets_30`,
                                      `t73`.`spend_30`,
                                      `t73`.`baskets_90`,
                                      `t73`.`spend_90`,
                                      `t73`.`baskets_365`,
                                      `t73`.`spend_365`,
                                      `t73`.`repeats`,
                                      `t73`.`days_with_us`,
                                      `t73`.`baskets_ever`,
                                      `t73`.`spend_before_90`,
                                      `t73`.`usual_interval`,
                                      `t73`.`favourite_department`,
                                      `t61`.`customer_id` AS `customer_id_right`,
                                      `t61`.`recent_favourite`
                                    FROM (
                                      SELECT
                                        `t71`.*
                                        EXCEPT (`customer_id_right`)
                                      FROM (
                                        SELECT
                                          `t70`.`customer_id`,
                                          `t70`.`first_name`,
                                          `t70`.`language`,
                                          `t70`.`time_zone`,
                                          `t70`.`attributes`,
                                          `t70`.`created_at`,
                                          `t70`.`first_basket_at`,
                                          `t70`.`last_basket_at`,
                                          `t70`.`baskets_30`,
                                          `t70`.`spend_30`,
                                          `t70`.`baskets_90`,
                                          `t70`.`spend_90`,
                                          `t70`.`baskets_365`,
                                          `t70`.`spend_365`,
                                          `t70`.`repeats`,
                                          `t70`.`days_with_us`,
                                          `t70`.`baskets_ever`,
                                          `t70`.`spend_before_90`,
                                          `t70`.`usual_interval`,
                                          `t62`.`customer_id` AS `customer_id_right`,
                                          `t62`.`favourite_department`
                                        FROM (
                                          SELECT
                                            `t68`.*
                                            EXCEPT (`customer_id_right`)
                                          FROM (
                                            SELECT
                                              `t55`.`customer_id`,
                                              `t55`.`first_name`,
                                              `t55`.`language`,
                                              `t55`.`time_zone`,
                                              `t55`.`attributes`,
                                              `t55`.`created_at`,
                                              `t55`.`first_basket_at`,
                                              `t55`.`last_basket_at`,
                                              `t55`.`baskets_30`,
                                              `t55`.`spend_30`,
                                              `t55`.`baskets_90`,
                                              `t55`.`spend_90`,
                                              `t55`.`baskets_365`,
                                              `t55`.`spend_365`,
                                              `t55`.`repeats`,
                                              `t55`.`days_with_us`,
                                              `t55`.`baskets_ever`,
                                              `t55`.`spend_before_90`,
                                              `t67`.`customer_id` AS `customer_id_right`,
                                              `t67`.`usual_interval`
                                            FROM (
                                              SELECT
                                                `t46`.*
                                                EXCEPT (`customer_id_right`)
                                              FROM (
                                                SELECT
                                                  `t4`.`customer_id`,
                                                  `t4`.`first_name`,
                                                  `t4`.`language`,
                                                  `t4`.`time_zone`,
                                                  `t4`.`attributes`,
                                                  `t4`.`created_at`,
                                                  `t36`.`customer_id` AS `customer_id_right`,
                                                  `t36`.`first_basket_at`,
                                                  `t36`.`last_basket_at`,
                                                  `t36`.`baskets_30`,
                                                  `t36`.`spend_30`,
                                                  `t36`.`baskets_90`,
                                                  `t36`.`spend_90`,
                                                  `t36`.`baskets_365`,
                                                  `t36`.`spend_365`,
                                                  `t36`.`repeats`,
                                                  `t36`.`days_with_us`,
                                                  `t36`.`baskets_ever`,
                                                  `t36`.`spend_before_90`
                                                FROM `customer` AS `t4`
                                                LEFT OUTER JOIN (
                                                  SELECT
                                                    `t19`.`customer_id`,
                                                    MIN(`t19`.`at`) AS `first_basket_at`,
                                                    MAX(`t19`.`at`) AS `last_basket_at`,
                                                    SUM(CAST(`t19`.`day` >= 20498 AS INT64)) AS `baskets_30`,
                                                    SUM(IF(`t19`.`day` >= 20498, `t19`.`amount_cents`, NULL)) AS `spend_30`,
                                                    SUM(CAST(`t19`.`day` >= 20438 AS INT64)) AS `baskets_90`,
                                                    SUM(IF(`t19`.`day` >= 20438, `t19`.`amount_cents`, NULL)) AS `spend_90`,
                                                    SUM(CAST(`t19`.`day` >= 20163 AS INT64)) AS `baskets_365`,
                                                    SUM(IF(`t19`.`day` >= 20163, `t19`.`amount_cents`, NULL)) AS `spend_365`,
                                                    COUNT(DISTINCT `t19`.`day`) - 1 AS `repeats`,
                                                    MAX(`t19`.`day`) - MIN(`t19`.`day`) AS `days_with_us`,
                                                    COUNT(*) AS `baskets_ever`,
                                                    SUM(
                                                      IF((
                                                        `t19`.`day` < 20438
                                                      ) AND (
                                                        `t19`.`day` >= 20348
                                                      ), `t19`.`amount_cents`, NULL)
                                                    ) AS `spend_before_90`
                                                  FROM `t14` AS `t19`
                                                  GROUP BY
                                                    1
                                                ) AS `t36`
                                                  ON `t4`.`customer_id` = `t36`.`customer_id`
                                                WHERE
                                                  EXISTS(
                                                    SELECT
                                                      1
                                                    FROM `touched` AS `t3`
                                                    WHERE
                                                      `t4`.`customer_id` = `t3`.`customer_id`
                                                  )
                                              ) AS `t46`
                                            ) AS `t55`
                                            LEFT OUTER JOIN (
                                              SELECT
                                                `t65`.`customer_id`,
                                                `t65`.`usual_interval`
                                              FROM (
                                                SELECT
                                                  `t43`.`customer_id`,
                                                  ieee_divide(
                                                    ARRAY(
                                                      SELECT
                                                        values
                                                      FROM UNNEST(ARRAY_AGG(`t43`.`gap` IGNORE NULLS)) AS values
                                                      ORDER BY
                                                        values
                                                    )[safe_offset(
                                                      CAST(FLOOR(
                                                        ieee_divide(
                                                          ARRAY_LENGTH(
                                                            ARRAY(
                                                              SELECT
                                                                values
                                                              FROM UNNEST(ARRAY_AGG(`t43`.`gap` IGNORE NULLS)) AS values
                                                              ORDER BY
                                                                values
                                                            )
                                                          ) - 1,
                                                          2
                                                        )
                                                      ) AS INT64)
                                                    )] + ARRAY(
                                                      SELECT
                                                        values
                                                      FROM UNNEST(ARRAY_AGG(`t43`.`gap` IGNORE NULLS)) AS values
                                                      ORDER BY
                                                        values
                                                    )[safe_offset(
                                                      CAST(FLOOR(
                                                        ieee_divide(
                                                          ARRAY_LENGTH(
                                                            ARRAY(
                                                              SELECT
                                                                values
                                                              FROM UNNEST(ARRAY_AGG(`t43`.`gap` IGNORE NULLS)) AS values
                                                              ORDER BY
                                                                values
                                                            )
                                                          ),
                                                          2
                                                        )
                                                      ) AS INT64)
                                                    )],
                                                    2
                                                  ) AS `usual_interval`,
                                                  COUNT(*) AS `gaps`
                                                FROM (
                                                  SELECT
                                                    *
                                                  FROM (
                                                    SELECT
                                                      `t18`.`customer_id`,
                                                      `t18`.`day`,
                                                      CAST(`t18`.`day` - LAG(`t18`.`day`) OVER (PARTITION BY `t18`.`customer_id` ORDER BY `t18`.`day` ASC) AS FLOAT64) AS `gap`
                                                    FROM (
                                                      SELECT DISTINCT
                                                        `t8`.`customer_id`,
                                                        `t8`.`day`
                                                      FROM `t7` AS `t8`
                                                      WHERE
                                                        `t8`.`name` IN ('basket') AND `t8`.`day` >= 20163
                                                    ) AS `t18`
                                                  ) AS `t35`
                                                  WHERE
                                                    `t35`.`gap` IS NOT NULL
                                                ) AS `t43`
                                                GROUP BY
                                                  1
                                              ) AS `t65`
                                              WHERE
                                                `t65`.`gaps` >= 3
                                            ) AS `t67`
                                              ON `t55`.`customer_id` = `t67`.`customer_id`
                                          ) AS `t68`
                                        ) AS `t70`
                                        LEFT OUTER JOIN (
                                          SELECT
                                            `t53`.`customer_id`,
                                            `t53`.`value` AS `favourite_department`
                                          FROM (
                                            SELECT
                                              `t39`.`customer_id`,
                                              `t39`.`value`,
                                              `t39`.`weight`,
                                              ROW_NUMBER() OVER (PARTITION BY `t39`.`customer_id` ORDER BY `t39`.`weight` DESC, `t39`.`value` ASC) - 1 AS `place`
                                            FROM (
                                              SELECT
                                                *
                                              FROM (
                                                SELECT
                                                  `t17`.`customer_id`,
                                                  `t17`.`value`,
                                                  COALESCE(SUM(`t17`.`weight`), 0) AS `weight`
                                                FROM (
                                                  SELECT
                                                    `t8`.`customer_id`,
                                                    `t8`.`department` AS `value`,
                                                    `t8`.`amount_cents` AS `weight`
                                                  FROM `t7` AS `t8`
                                                  WHERE
                                                    `t8`.`name` IN ('basket') AND `t8`.`day` >= 20163
                                                ) AS `t17`
                                                GROUP BY
                                                  1,
                                                  2
                                              ) AS `t26`
                                              WHERE
                                                `t26`.`value` IS NOT NULL
                                            ) AS `t39`
                                          ) AS `t53`
                                          WHERE
                                            `t53`.`place` = 0
                                        ) AS `t62`
                                          ON `t70`.`customer_id` = `t62`.`customer_id`
                                      ) AS `t71`
                                    ) AS `t73`
                                    LEFT OUTER JOIN (
                                      SELECT
                                        `t52`.`customer_id`,
                                        `t52`.`value` AS `recent_favourite`
                                      FROM (
                                        SELECT
                                          `t38`.`customer_id`,
                                          `t38`.`value`,
                                          `t38`.`weight`,
                                          ROW_NUMBER() OVER (PARTITION BY `t38`.`customer_id` ORDER BY `t38`.`weight` DESC, `t38`.`value` ASC) - 1 AS `place`
                                        FROM (
                                          SELECT
                                            *
                                          FROM (
                                            SELECT
                                              `t16`.`customer_id`,
                                              `t16`.`value`,
                                              COALESCE(SUM(`t16`.`weight`), 0) AS `weight`
                                            FROM (
                                              SELECT
                                                `t8`.`customer_id`,
                                                `t8`.`department` AS `value`,
                                                `t8`.`amount_cents` AS `weight`
                                              FROM `t7` AS `t8`
                                              WHERE
                                                `t8`.`name` IN ('basket') AND `t8`.`day` >= 20438
                                            ) AS `t16`
                                            GROUP BY
                                              1,
                                              2
                                          ) AS `t25`
                                          WHERE
                                            `t25`.`value` IS NOT NULL
                                        ) AS `t38`
                                      ) AS `t52`
                                      WHERE
                                        `t52`.`place` = 0
                                    ) AS `t61`
                                      ON `t73`.`customer_id` = `t61`.`customer_id`
                                  ) AS `t74`
                                ) AS `t76`
                                LEFT OUTER JOIN (
                                  SELECT
                                    `t51`.`customer_id`,
                                    `t51`.`value` AS `previous_favourite`
                                  FROM (
                                    SELECT
                                      `t37`.`customer_id`,
                                      `t37`.`value`,
                                      `t37`.`weight`,
                                      ROW_NUMBER() OVER (PARTITION BY `t37`.`customer_id` ORDER BY `t37`.`weight` DESC, `t37`.`value` ASC) - 1 AS `place`
                                    FROM (
                                      SELECT
                                        *
                                      FROM (
                                        SELECT
                                          `t15`.`customer_id`,
                                          `t15`.`value`,
                                          COALESCE(SUM(`t15`.`weight`), 0) AS `weight`
                                        FROM (
                                          SELECT
                                            `t8`.`customer_id`,
                                            `t8`.`department` AS `value`,
                                            `t8`.`amount_cents` AS `weight`
                                          FROM `t7` AS `t8`
                                          WHERE
                                            `t8`.`name` IN ('basket') AND `t8`.`day` < 20438 AND `t8`.`day` >= 20073
                                        ) AS `t15`
                                        GROUP BY
                                          1,
                                          2
                                      ) AS `t24`
                                      WHERE
                                        `t24`.`value` IS NOT NULL
                                    ) AS `t37`
                                  ) AS `t51`
                                  WHERE
                                    `t51`.`place` = 0
                                ) AS `t60`
                                  ON `t76`.`customer_id` = `t60`.`customer_id`
                              ) AS `t77`
                            ) AS `t79`
                            LEFT OUTER JOIN (
                              SELECT
                                `t45`.`customer_id`,
                                COUNT(*) AS `week_streak`
                              FROM (
                                SELECT
                                  *
                                FROM (
                                  SELECT
                                    `t20`.`customer_id`,
                                    `t20`.`span`,
                                    ROW_NUMBER() OVER (PARTITION BY `t20`.`customer_id` ORDER BY `t20`.`span` DESC) - 1 AS `place`,
                                    MAX(`t20`.`span`) OVER (
                                      PARTITION BY `t20`.`customer_id`
                                      ORDER BY `t20`.`span` DESC
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                    ) AS `newest`
                                  FROM (
                                    SELECT DISTINCT
                                      `t8`.`customer_id`,
                                      CAST(FLOOR(ieee_divide(`t8`.`day` + 3, 7)) AS INT64) AS `span`
                                    FROM `t7` AS `t8`
                                    WHERE
                                      `t8`.`name` IN ('basket')
                                  ) AS `t20`
                                ) AS `t34`
                                WHERE
                                  `t34`.`newest` >= 2932 AND (
                                    `t34`.`span` + `t34`.`place`
                                  ) = `t34`.`newest`
                              ) AS `t45`
                              GROUP BY
                                1
                            ) AS `t56`
                              ON `t79`.`customer_id` = `t56`.`customer_id`
                          ) AS `t80`
                        ) AS `t82`
                        LEFT OUTER JOIN (
                          SELECT
                            `t49`.`customer_id`,
                            CAST(FLOOR(AVG(CAST(`t49`.`spent` AS FLOAT64)) + 0.5) AS INT64) AS `repeat_value`
                          FROM (
                            SELECT
                              *
                            FROM (
                              SELECT
                                `t31`.`customer_id`,
                                `t31`.`day`,
                                `t31`.`spent`,
                                MIN(`t31`.`day`) OVER (
                                  PARTITION BY `t31`.`customer_id`
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                                ) AS `first`
                              FROM (
                                SELECT
                                  `t19`.`customer_id`,
                                  `t19`.`day`,
                                  COALESCE(SUM(`t19`.`amount_cents`), 0) AS `spent`
                                FROM `t14` AS `t19`
                                GROUP BY
                                  1,
                                  2
                              ) AS `t31`
                            ) AS `t42`
                            WHERE
                              `t42`.`day` > `t42`.`first`
                          ) AS `t49`
                          GROUP BY
                            1
                        ) AS `t64`
                          ON `t82`.`customer_id` = `t64`.`customer_id`
                      ) AS `t83`
                    ) AS `t85`
                    LEFT OUTER JOIN (
                      SELECT
                        `t13`.`customer_id`,
                        SUM(CAST(`t13`.`day` >= 20438 AS INT64)) AS `emails_90`
                      FROM (
                        SELECT
                          *
                        FROM `t7` AS `t8`
                        WHERE
                          `t8`.`name` IN ('email_sent')
                      ) AS `t13`
                      GROUP BY
                        1
                    ) AS `t30`
                      ON `t85`.`customer_id` = `t30`.`customer_id`
                  ) AS `t86`
                ) AS `t88`
                LEFT OUTER JOIN (
                  SELECT
                    `t12`.`customer_id`,
                    MAX(`t12`.`at`) AS `last_reply_at`,
                    SUM(CAST(`t12`.`day` >= 20163 AS INT64)) AS `replies_365`
                  FROM (
                    SELECT
                      *
                    FROM `t7` AS `t8`
                    WHERE
                      `t8`.`name` IN ('replied')
                  ) AS `t12`
                  GROUP BY
                    1
                ) AS `t29`
                  ON `t88`.`customer_id` = `t29`.`customer_id`
              ) AS `t89`
            ) AS `t91`
            LEFT OUTER JOIN (
              SELECT
                `t28`.`customer_id`,
                `t28`.`felt_understood`
              FROM (
                SELECT
                  `t11`.`customer_id`,
                  `t11`.`at`,
                  `t11`.`id`,
                  `t11`.`felt_understood`,
                  ROW_NUMBER() OVER (PARTITION BY `t11`.`customer_id` ORDER BY `t11`.`at` DESC, `t11`.`id` DESC) - 1 AS `place`
                FROM (
                  SELECT
                    `t8`.`customer_id`,
                    `t8`.`at`,
                    `t8`.`id`,
                    `t8`.`answer` AS `felt_understood`
                  FROM `t7` AS `t8`
                  WHERE
                    `t8`.`name` IN ('felt_understood')
                ) AS `t11`
              ) AS `t28`
              WHERE
                `t28`.`place` = 0
            ) AS `t41`
              ON `t91`.`customer_id` = `t41`.`customer_id`
          ) AS `t92`
        ) AS `t94`
        LEFT OUTER JOIN (
          SELECT
            `t10`.`customer_id`,
            SUM(CAST(`t10`.`day` >= 20438 AS INT64)) AS `engaged_90`,
            MAX(`t10`.`at`) AS `last_engaged_at`
          FROM (
            SELECT
              *
            FROM `t7` AS `t8`
            WHERE
              `t8`.`name` IN ('replied', 'wrote', 'asked_for_call', 'felt_understood')
          ) AS `t10`
          GROUP BY
            1
        ) AS `t27`
          ON `t94`.`customer_id` = `t27`.`customer_id`
      ) AS `t95`
    ) AS `t97`
    LEFT OUTER JOIN (
      SELECT
        `t44`.`customer_id`,
        COUNT(*) AS `emails_unanswered`
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t9`.`id`,
            `t9`.`customer_id`,
            `t9`.`name`,
            `t9`.`at`,
            `t9`.`properties`,
            `t9`.`day`,
            `t9`.`amount_cents`,
            `t9`.`items`,
            `t9`.`department`,
            `t9`.`discount_cents`,
            `t9`.`answer`,
            `t9`.`name` = 'email_sent' AS `sent`,
            MAX(IF(NOT (
              `t9`.`name` = 'email_sent'
            ), `t9`.`at`, NULL)) OVER (
              PARTITION BY `t9`.`customer_id`
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS `answered`
          FROM (
            SELECT
              *
            FROM `t7` AS `t8`
            WHERE
              `t8`.`name` IN ('email_sent', 'replied', 'wrote', 'asked_for_call', 'felt_understood')
          ) AS `t9`
        ) AS `t32`
        WHERE
          `t32`.`sent`
          AND (
            (
              `t32`.`answered` IS NULL
            ) OR (
              `t32`.`at` > `t32`.`answered`
            )
          )
      ) AS `t44`
      GROUP BY
        1
    ) AS `t54`
      ON `t97`.`customer_id` = `t54`.`customer_id`
  ) AS `t98`
) AS `t99`;

-- forms
WITH `t7` AS (
  SELECT
    `t6`.`id`,
    `t6`.`customer_id`,
    `t6`.`name`,
    `t6`.`at`,
    `t6`.`properties`,
    `t6`.`day`,
    `t6`.`amount_cents`,
    `t6`.`items`,
    `t6`.`department`,
    `t6`.`discount_cents`,
    `t6`.`answer`
  FROM (
    SELECT
      *
    FROM `event` AS `t0`
    WHERE
      `t0`.`day` <= 20528
  ) AS `t6`
  WHERE
    EXISTS(
      SELECT
        1
      FROM `touched` AS `t3`
      WHERE
        `t6`.`customer_id` = `t3`.`customer_id`
    )
)
SELECT
  `t61`.`customer_id`,
  `t61`.`first_name`,
  `t61`.`language`,
  `t61`.`time_zone`,
  `t61`.`attributes`,
  `t61`.`created_at`,
  COALESCE(`t61`.`visits`, 0) AS `visits`,
  COALESCE(`t61`.`visits_9`, 0) AS `visits_9`,
  COALESCE(`t61`.`spent`, 0) AS `spent`,
  COALESCE(`t61`.`seats_20`, 0) AS `seats_20`,
  `t61`.`first_visit`,
  `t61`.`last_meat`,
  `t61`.`first_seats`,
  `t61`.`last_department`,
  `t61`.`usual_place`,
  COALESCE(`t61`.`places`, 0) AS `places`,
  `t61`.`since_visit`,
  `t61`.`since_meat`,
  `t61`.`interval`,
  COALESCE(`t61`.`day_streak`, 0) AS `day_streak`,
  COALESCE(`t61`.`weeks`, 0) AS `weeks`,
  `t61`.`lately`,
  `t61`.`spent_lately`,
  `t61`.`anniversary`
FROM (
  SELECT
    `t60`.*
    EXCEPT (`customer_id_right`)
  FROM (
    SELECT
      `t59`.`customer_id`,
      `t59`.`first_name`,
      `t59`.`language`,
      `t59`.`time_zone`,
      `t59`.`attributes`,
      `t59`.`created_at`,
      `t59`.`visits`,
      `t59`.`visits_9`,
      `t59`.`spent`,
      `t59`.`seats_20`,
      `t59`.`first_visit`,
      `t59`.`last_meat`,
      `t59`.`places`,
      `t59`.`since_visit`,
      `t59`.`since_meat`,
      `t59`.`lately`,
      `t59`.`spent_lately`,
      `t59`.`anniversary`,
      `t59`.`first_seats`,
      `t59`.`last_department`,
      `t59`.`usual_place`,
      `t59`.`interval`,
      `t59`.`day_streak`,
      `t31`.`customer_id` AS `customer_id_right`,
      `t31`.`weeks`
    FROM (
      SELECT
        `t57`.*
        EXCEPT (`customer_id_right`)
      FROM (
        SELECT
          `t56`.`customer_id`,
          `t56`.`first_name`,
          `t56`.`language`,
          `t56`.`time_zone`,
          `t56`.`attributes`,
          `t56`.`created_at`,
          `t56`.`visits`,
          `t56`.`visits_9`,
          `t56`.`spent`,
          `t56`.`seats_20`,
          `t56`.`first_visit`,
          `t56`.`last_meat`,
          `t56`.`places`,
          `t56`.`since_visit`,
          `t56`.`since_meat`,
          `t56`.`lately`,
          `t56`.`spent_lately`,
          `t56`.`anniversary`,
          `t56`.`first_seats`,
          `t56`.`last_department`,
          `t56`.`usual_place`,
          `t56`.`interval`,
          `t32`.`customer_id` AS `customer_id_right`,
          `t32`.`day_streak`
        FROM (
          SELECT
            `t54`.*
            EXCEPT (`customer_id_right`)
          FROM (
            SELECT
              `t53`.`customer_id`,
              `t53`.`first_name`,
              `t53`.`language`,
              `t53`.`time_zone`,
              `t53`.`attributes`,
              `t53`.`created_at`,
              `t53`.`visits`,
              `t53`.`visits_9`,
              `t53`.`spent`,
              `t53`.`seats_20`,
              `t53`.`first_visit`,
              `t53`.`last_meat`,
              `t53`.`places`,
              `t53`.`since_visit`,
              `t53`.`since_meat`,
              `t53`.`lately`,
              `t53`.`spent_lately`,
              `t53`.`anniversary`,
              `t53`.`first_seats`,
              `t53`.`last_department`,
              `t53`.`usual_place`,
              `t44`.`customer_id` AS `customer_id_right`,
              `t44`.`interval`
            FROM (
              SELECT
                `t51`.*
                EXCEPT (`customer_id_right`)
              FROM (
                SELECT
                  `t50`.`customer_id`,
                  `t50`.`first_name`,
                  `t50`.`language`,
                  `t50`.`time_zone`,
                  `t50`.`attributes`,
                  `t50`.`created_at`,
                  `t50`.`visits`,
                  `t50`.`visits_9`,
                  `t50`.`spent`,
                  `t50`.`seats_20`,
                  `t50`.`first_visit`,
                  `t50`.`last_meat`,
                  `t50`.`places`,
                  `t50`.`since_visit`,
                  `t50`.`since_meat`,
                  `t50`.`lately`,
                  `t50`.`spent_lately`,
                  `t50`.`anniversary`,
                  `t50`.`first_seats`,
                  `t50`.`last_department`,
                  `t40`.`customer_id` AS `customer_id_right`,
                  `t40`.`usual_place`
                FROM (
                  SELECT
                    `t48`.*
                    EXCEPT (`customer_id_right`)
                  FROM (
                    SELECT
                      `t47`.`customer_id`,
                      `t47`.`first_name`,
                      `t47`.`language`,
                      `t47`.`time_zone`,
                      `t47`.`attributes`,
                      `t47`.`created_at`,
                      `t47`.`visits`,
                      `t47`.`visits_9`,
                      `t47`.`spent`,
                      `t47`.`seats_20`,
                      `t47`.`first_visit`,
                      `t47`.`last_meat`,
                      `t47`.`places`,
                      `t47`.`since_visit`,
                      `t47`.`since_meat`,
                      `t47`.`lately`,
                      `t47`.`spent_lately`,
                      `t47`.`anniversary`,
                      `t47`.`first_seats`,
                      `t22`.`customer_id` AS `customer_id_right`,
                      `t22`.`last_department`
                    FROM (
                      SELECT
                        `t45`.*
                        EXCEPT (`customer_id_right`)
                      FROM (
                        SELECT
                          `t42`.`customer_id`,
                          `t42`.`first_name`,
                          `t42`.`language`,
                          `t42`.`time_zone`,
                          `t42`.`attributes`,
                          `t42`.`created_at`,
                          `t42`.`visits`,
                          `t42`.`visits_9`,
                          `t42`.`spent`,
                          `t42`.`seats_20`,
                          `t42`.`first_visit`,
                          `t42`.`last_meat`,
                          `t42`.`places`,
                          `t42`.`since_visit`,
                          `t42`.`since_meat`,
                          `t42`.`lately`,
                          `t42`.`spent_lately`,
                          `t42`.`anniversary`,
                          `t33`.`customer_id` AS `customer_id_right`,
                          `t33`.`first_seats`
                        FROM (
                          SELECT
                            `t39`.*
                            EXCEPT (`customer_id_right`)
                          FROM (
                            SELECT
                              `t4`.`customer_id`,
                              `t4`.`first_name`,
                              `t4`.`language`,
                              `t4`.`time_zone`,
                              `t4`.`attributes`,
                              `t4`.`created_at`,
                              `t35`.`customer_id` AS `customer_id_right`,
                              `t35`.`visits`,
                              `t35`.`visits_9`,
                              `t35`.`spent`,
                              `t35`.`seats_20`,
                              `t35`.`first_visit`,
                              `t35`.`last_meat`,
                              `t35`.`places`,
                              `t35`.`since_visit`,
                              `t35`.`since_meat`,
                              `t35`.`lately`,
                              `t35`.`spent_lately`,
                              `t35`.`anniversary`
                            FROM `customer` AS `t4`
                            LEFT OUTER JOIN (
                              SELECT
                                `t10`.`customer_id`,
                                COUNT(*) AS `visits`,
                                COUNTIF(
                                  COALESCE(LOWER(`t10`.`department`) = LOWER('meat'), FALSE)
                                  AND COALESCE(
                                    SAFE_CAST(NULLIF(CAST(SAFE_CAST(`t10`.`properties` AS JSON)['seats'] AS STRING), 'null') AS FLOAT64) >= 2,
                                    FALSE
                                  )
                                  AND (
                                    `t10`.`day` >= 20519
                                  )
                                ) AS `visits_9`,
                                SUM(`t10`.`amount_cents`) AS `spent`,
                                CAST(FLOOR(
                                  SUM(
                                    IF(
                                      `t10`.`day` >= 20508,
                                      SAFE_CAST(NULLIF(CAST(SAFE_CAST(`t10`.`properties` AS JSON)['seats'] AS STRING), 'null') AS FLOAT64),
                                      NULL
                                    )
                                  ) + 0.5
                                ) AS INT64) AS `seats_20`,
                                MIN(`t10`.`at`) AS `first_visit`,
                                MAX(
                                  IF(COALESCE(LOWER(`t10`.`department`) IN (LOWER('Meat')), FALSE), `t10`.`at`, NULL)
                                ) AS `last_meat`,
                                COUNT(
                                  DISTINCT COALESCE(
                                    safe.string(SAFE_CAST(`t10`.`properties` AS JSON)['place']),
                                    NULLIF(CAST(SAFE_CAST(`t10`.`properties` AS JSON)['place'] AS STRING), 'null')
                                  )
                                ) AS `places`,
                                20528 - MAX(`t10`.`day`) AS `since_visit`,
                                20528 - MAX(
                                  IF(
                                    COALESCE(NOT (
                                      COALESCE(LOWER(`t10`.`department`) = LOWER('Bakery'), FALSE)
                                    ), FALSE),
                                    `t10`.`day`,
                                    NULL
                                  )
                                ) AS `since_meat`,
                                ieee_divide(
                                  COALESCE(COUNTIF(`t10`.`day` >= 20521), 0),
                                  CAST(NULLIF(COUNTIF((
                                    `t10`.`day` >= 20514
                                  ) AND (
                                    `t10`.`day` <= 20520
                                  )), 0) AS FLOAT64)
                                ) AS `lately`,
                                ieee_divide(
                                  COALESCE(SUM(IF(`t10`.`day` >= 20514, `t10`.`amount_cents`, NULL)), 0),
                                  CAST(NULLIF(
                                    SUM(
                                      IF(
                                        (
                                          `t10`.`day` >= 20500
                                        ) AND (
                                          `t10`.`day` <= 20513
                                        ),
                                        `t10`.`amount_cents`,
                                        NULL
                                      )
                                    ),
                                    0
                                  ) AS FLOAT64)
                                ) AS `spent_lately`,
                                CAST(FLOOR(
                                  ieee_divide(
                                    UNIX_SECONDS(
                                      CAST(IF(
                                        DATE_ADD(
                                          DATE(MIN(`t10`.`at`)),
                                          INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(MIN(`t10`.`at`))), 1)) YEAR
                                        ) >= DATE(2026, 3, 16),
                                        DATE_ADD(
                                          DATE(MIN(`t10`.`at`)),
                                          INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(MIN(`t10`.`at`))), 1)) YEAR
                                        ),
                                        DATE_ADD(
                                          DATE(MIN(`t10`.`at`)),
                                          INTERVAL (GREATEST(2026 - EXTRACT(year FROM DATE(MIN(`t10`.`at`))), 1) + 1) YEAR
                                        )
                                      ) AS DATETIME)
                                    ),
                                    86400
                                  )
                                ) AS INT64) - 20528 AS `anniversary`
                              FROM (
                                SELECT
                                  *
                                FROM `t7` AS `t8`
                                WHERE
                                  `t8`.`name` IN ('visit')
                              ) AS `t10`
                              GROUP BY
                                1
                            ) AS `t35`
                              ON `t4`.`customer_id` = `t35`.`customer_id`
                            WHERE
                              EXISTS(
                                SELECT
                                  1
                                FROM `touched` AS `t3`
                                WHERE
                                  `t4`.`customer_id` = `t3`.`customer_id`
                              )
                          ) AS `t39`
                        ) AS `t42`
                        LEFT OUTER JOIN (
                          SELECT
                            `t24`.`customer_id`,
                            `t24`.`first_seats`
                          FROM (
                            SELECT
                              `t15`.`customer_id`,
                              `t15`.`at`,
                              `t15`.`id`,
                              `t15`.`first_seats`,
                              ROW_NUMBER() OVER (PARTITION BY `t15`.`customer_id` ORDER BY `t15`.`at` ASC, `t15`.`id` ASC) - 1 AS `place`
                            FROM (
                              SELECT
                                `t8`.`customer_id`,
                                `t8`.`at`,
                                `t8`.`id`,
                                SAFE_CAST(NULLIF(CAST(SAFE_CAST(`t8`.`properties` AS JSON)['seats'] AS STRING), 'null') AS FLOAT64) AS `first_seats`
                              FROM `t7` AS `t8`
                              WHERE
                                `t8`.`name` IN ('visit')
                            ) AS `t15`
                          ) AS `t24`
                          WHERE
                            `t24`.`place` = 0
                        ) AS `t33`
                          ON `t42`.`customer_id` = `t33`.`customer_id`
                      ) AS `t45`
                    ) AS `t47`
                    LEFT OUTER JOIN (
                      SELECT
                        `t16`.`customer_id`,
                        `t16`.`last_department`
                      FROM (
                        SELECT
                          `t9`.`customer_id`,
                          `t9`.`at`,
                          `t9`.`id`,
                          `t9`.`last_department`,
                          ROW_NUMBER() OVER (PARTITION BY `t9`.`customer_id` ORDER BY `t9`.`at` DESC, `t9`.`id` DESC) - 1 AS `place`
                        FROM (
                          SELECT
                            `t8`.`customer_id`,
                            `t8`.`at`,
                            `t8`.`id`,
                            `t8`.`department` AS `last_department`
                          FROM `t7` AS `t8`
                          WHERE
                            `t8`.`name` IN ('visit')
                        ) AS `t9`
                      ) AS `t16`
                      WHERE
                        `t16`.`place` = 0
                    ) AS `t22`
                      ON `t47`.`customer_id` = `t22`.`customer_id`
                  ) AS `t48`
                ) AS `t50`
                LEFT OUTER JOIN (
                  SELECT
                    `t36`.`customer_id`,
                    `t36`.`value` AS `usual_place`
                  FROM (
                    SELECT
                      `t27`.`customer_id`,
                      `t27`.`value`,
                      `t27`.`weight`,
                      ROW_NUMBER() OVER (PARTITION BY `t27`.`customer_id` ORDER BY `t27`.`weight` DESC, `t27`.`value` ASC) - 1 AS `place`
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          `t14`.`customer_id`,
                          `t14`.`value`,
                          COALESCE(SUM(`t14`.`weight`), 0) AS `weight`
                        FROM (
                          SELECT
                            `t8`.`customer_id`,
                            COALESCE(
                              safe.string(SAFE_CAST(`t8`.`properties` AS JSON)['place']),
                              NULLIF(CAST(SAFE_CAST(`t8`.`properties` AS JSON)['place'] AS STRING), 'null')
                            ) AS `value`,
                            1 AS `weight`
                          FROM `t7` AS `t8`
                          WHERE
                            `t8`.`name` IN ('visit') AND `t8`.`day` >= 20498
                        ) AS `t14`
                        GROUP BY
                          1,
                          2
                      ) AS `t21`
                      WHERE
                        `t21`.`value` IS NOT NULL
                    ) AS `t27`
                  ) AS `t36`
                  WHERE
                    `t36`.`place` = 0
                ) AS `t40`
                  ON `t50`.`customer_id` = `t40`.`customer_id`
              ) AS `t51`
            ) AS `t53`
            LEFT OUTER JOIN (
              SELECT
                `t37`.`customer_id`,
                `t37`.`interval`
              FROM (
                SELECT
                  `t23`.`customer_id`,
                  ieee_divide(
                    ARRAY(
                      SELECT
                        values
                      FROM UNNEST(ARRAY_AGG(`t23`.`gap` IGNORE NULLS)) AS values
                      ORDER BY
                        values
                    )[safe_offset(
                      CAST(FLOOR(
                        ieee_divide(
                          ARRAY_LENGTH(
                            ARRAY(
                              SELECT
                                values
                              FROM UNNEST(ARRAY_AGG(`t23`.`gap` IGNORE NULLS)) AS values
                              ORDER BY
                                values
                            )
                          ) - 1,
                          2
                        )
                      ) AS INT64)
                    )] + ARRAY(
                      SELECT
                        values
                      FROM UNNEST(ARRAY_AGG(`t23`.`gap` IGNORE NULLS)) AS values
                      ORDER BY
                        values
                    )[safe_offset(
                      CAST(FLOOR(
                        ieee_divide(
                          ARRAY_LENGTH(
                            ARRAY(
                              SELECT
                                values
                              FROM UNNEST(ARRAY_AGG(`t23`.`gap` IGNORE NULLS)) AS values
                              ORDER BY
                                values
                            )
                          ),
                          2
                        )
                      ) AS INT64)
                    )],
                    2
                  ) AS `interval`,
                  COUNT(*) AS `gaps`
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      `t11`.`customer_id`,
                      `t11`.`day`,
                      CAST(`t11`.`day` - LAG(`t11`.`day`) OVER (PARTITION BY `t11`.`customer_id` ORDER BY `t11`.`day` ASC) AS FLOAT64) AS `gap`
                    FROM (
                      SELECT DISTINCT
                        `t8`.`customer_id`,
                        `t8`.`day`
                      FROM `t7` AS `t8`
                      WHERE
                        `t8`.`name` IN ('visit') AND `t8`.`day` >= 20468
                    ) AS `t11`
                  ) AS `t19`
                  WHERE
                    `t19`.`gap` IS NOT NULL
                ) AS `t23`
                GROUP BY
                  1
              ) AS `t37`
              WHERE
                `t37`.`gaps` >= 3
            ) AS `t44`
              ON `t53`.`customer_id` = `t44`.`customer_id`
          ) AS `t54`
        ) AS `t56`
        LEFT OUTER JOIN (
          SELECT
            `t26`.`customer_id`,
            COUNT(*) AS `day_streak`
          FROM (
            SELECT
              *
            FROM (
              SELECT
                `t13`.`customer_id`,
                `t13`.`span`,
                ROW_NUMBER() OVER (PARTITION BY `t13`.`customer_id` ORDER BY `t13`.`span` DESC) - 1 AS `place`,
                MAX(`t13`.`span`) OVER (
                  PARTITION BY `t13`.`customer_id`
                  ORDER BY `t13`.`span` DESC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS `newest`
              FROM (
                SELECT DISTINCT
                  `t8`.`customer_id`,
                  CAST(FLOOR(ieee_divide(`t8`.`day` + 0, 1)) AS INT64) AS `span`
                FROM `t7` AS `t8`
                WHERE
                  `t8`.`name` IN ('visit')
              ) AS `t13`
            ) AS `t18`
            WHERE
              `t18`.`newest` >= 20527 AND (
                `t18`.`span` + `t18`.`place`
              ) = `t18`.`newest`
          ) AS `t26`
          GROUP BY
            1
        ) AS `t32`
          ON `t56`.`customer_id` = `t32`.`customer_id`
      ) AS `t57`
    ) AS `t59`
    LEFT OUTER JOIN (
      SELECT
        `t25`.`customer_id`,
        COUNT(*) AS `weeks`
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t12`.`customer_id`,
            `t12`.`span`,
            ROW_NUMBER() OVER (PARTITION BY `t12`.`customer_id` ORDER BY `t12`.`span` DESC) - 1 AS `place`,
            MAX(`t12`.`span`) OVER (
              PARTITION BY `t12`.`customer_id`
              ORDER BY `t12`.`span` DESC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS `newest`
          FROM (
            SELECT DISTINCT
              `t8`.`customer_id`,
              CAST(FLOOR(ieee_divide(`t8`.`day` + 3, 7)) AS INT64) AS `span`
            FROM `t7` AS `t8`
            WHERE
              `t8`.`name` IN ('visit')
          ) AS `t12`
        ) AS `t17`
        WHERE
          `t17`.`newest` >= 2932 AND (
            `t17`.`span` + `t17`.`place`
          ) = `t17`.`newest`
      ) AS `t25`
      GROUP BY
        1
    ) AS `t31`
      ON `t59`.`customer_id` = `t31`.`customer_id`
  ) AS `t60`
) AS `t61`;
