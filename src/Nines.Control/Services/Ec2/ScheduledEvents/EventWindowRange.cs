namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>Some hours of every week, in UTC.</summary>
/// <param name="StartDay">The day on which they begin.</param>
/// <param name="StartHour">The hour with which they begin.</param>
/// <param name="EndDay">The day on which they end.</param>
/// <param name="EndHour">The hour before which they end.</param>
internal sealed record EventWindowRange(DayOfWeek StartDay, int StartHour, DayOfWeek EndDay, int EndHour);
