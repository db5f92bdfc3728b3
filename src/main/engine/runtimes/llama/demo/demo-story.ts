/** The long answer: enough text to watch it stream, and to stop it half-way. */
export const DEMO_STORY = `# The Night Shift at Switchyard

Long before sunrise, when frost still covered every sleeper, Ada climbed the iron stairs to her signal cabin. Forty levers waited in a polished row. Each one moved something far away: a blade of steel, a coloured lamp, a barrier across some muddy lane.

"Three lines," her grandfather used to say, "and only three. Freight that stays. Freight bound for neighbours. Freight going over the mountains. Know which is which, child, and nobody will ever lose a parcel."

She hung up her coat, lit the stove and opened the ledger.

## The first wagon

At half past four a bell rang twice. A single grey wagon rolled out of the fog, pushed by nothing anyone could see. Its label read: *a question, fragile, please hurry*.

Ada frowned. Questions were tricky cargo. Sent over the mountains they came home clever but expensive, and strangers might peek inside. Kept here they were safe, though sometimes a bit simple.

"Who owns you?" she asked.

The wagon creaked. From beneath its canvas came a voice like rustling paper. "A girl who cannot sleep. She wonders whether stars make any sound."

## Choosing

Lever nine pointed home. Lever seventeen led down toward the valley, where a baker's clever cousin kept an engine warm. Lever thirty-one, painted red, opened the mountain line.

Ada tapped her pencil. The red line was closed by snow; its lamp had been dark since midnight. The cousin was already hauling flour. That left home.

"Nine it is," she murmured, and pulled.

Steel slid against steel. Somewhere below, points clicked, a green light woke, and the little wagon trundled off into the oldest shed on the whole yard, where an even older locomotive yawned, shook soot from its shoulders and began to think aloud.

## The answer

It was not a grand answer. The locomotive had never left this valley and owned but one book, which it had read nine hundred times.

"Stars ring," it puffed slowly, "as bells do. They tremble, deep and low, lower than thunder. Space carries no noise, therefore nobody hears. Yet a patient watcher sees them shiver, and from that shiver learns their weight, their age, perhaps their names."

Word after word the reply filled the wagon, until canvas bulged and ropes strained. Ada wrote everything down: time of arrival, time of departure, coal used, distance travelled. Distance: none. Cost: eleven lumps of coal. Line: home.

## Morning

When daylight finally touched the windows, snowploughs had freed the pass. Red turned green. Great silver expresses thundered through again, proud, quick, hungry for tolls, and Ada waved to each driver.

Still, she kept thinking about that small grey wagon. Far below, in a house with blue shutters, a girl lay fast asleep, one hand upon a crumpled sheet which said that stars ring like bells.

Ada closed the ledger, banked the fire and smiled. Tomorrow there would be more wagons. There always were.

*The end.*`
