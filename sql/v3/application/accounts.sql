-- Whether every purchase of the buyers is in the books, once and complete. `purchases` lists what the database holds;
-- each of the others counts what should not be, and must answer 0.

-- name: purchases
SELECT order_code AS purchase FROM `Order` WHERE order_code LIKE 'TRAFFIC-%';

-- name: catalogue
-- title: events of the buyers more or fewer than the 4 with 2 ticket types each
SELECT ABS(COUNT(*) - 4) AS `count` FROM Event e
 WHERE group_id = 'traffic'
   AND (SELECT COUNT(*) FROM TicketType t WHERE t.event_id = e.event_id AND t.type_name LIKE 'Traffic %') = 2;

-- name: sold-types
-- title: ticket types whose sold_quantity is not the number of their tickets
SELECT COUNT(*) AS `count` FROM TicketType tt
 WHERE tt.type_name LIKE 'Traffic %'
   AND tt.sold_quantity <> (SELECT COUNT(*) FROM Ticket t WHERE t.ticket_type_id = tt.ticket_type_id);

-- name: sold-events
-- title: events whose sold_tickets are not the tickets of their types
SELECT COUNT(*) AS `count` FROM Event e
 WHERE e.group_id = 'traffic'
   AND e.sold_tickets <> (SELECT COUNT(*) FROM Ticket t JOIN TicketType tt ON tt.ticket_type_id = t.ticket_type_id
                           WHERE tt.event_id = e.event_id);

-- name: oversold
-- title: ticket types or events that sold more than they have
SELECT (SELECT COUNT(*) FROM TicketType WHERE type_name LIKE 'Traffic %' AND sold_quantity > quantity)
     + (SELECT COUNT(*) FROM Event WHERE group_id = 'traffic' AND sold_tickets > total_capacity) AS `count`;

-- name: order-tickets
-- title: orders whose tickets are missing, too many, or of another price than the order
SELECT COUNT(*) AS `count` FROM `Order` o
 WHERE o.order_code LIKE 'TRAFFIC-%'
   AND o.final_amount <> (SELECT IFNULL(SUM(t.price), -1) FROM Ticket t
                           WHERE t.order_id = o.order_id AND t.ticket_code LIKE CONCAT(o.order_code, '-%'));

-- name: stray-tickets
-- title: tickets of the buyers that belong to no order of theirs
SELECT COUNT(*) AS `count` FROM Ticket t LEFT JOIN `Order` o ON o.order_id = t.order_id
 WHERE t.ticket_code LIKE 'TRAFFIC-%' AND (o.order_code LIKE 'TRAFFIC-%') IS NOT TRUE;

-- name: order-payments
-- title: orders without exactly one payment of their amount and state
SELECT COUNT(*) AS `count` FROM `Order` o
 WHERE o.order_code LIKE 'TRAFFIC-%'
   AND 1 <> (SELECT COUNT(*) FROM Payment p
              WHERE p.order_id = o.order_id AND p.payment_code = o.order_code AND p.amount = o.final_amount
                AND ((p.payment_status = 'SUCCESS' AND o.order_status = 'PAID')
                  OR (p.payment_status = 'PENDING' AND o.order_status = 'PENDING')));

-- name: stray-payments
-- title: payments of the buyers that belong to no order of theirs
SELECT COUNT(*) AS `count` FROM Payment p LEFT JOIN `Order` o ON o.order_id = p.order_id
 WHERE p.payment_code LIKE 'TRAFFIC-%' AND (o.order_code LIKE 'TRAFFIC-%') IS NOT TRUE;
