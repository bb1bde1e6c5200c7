namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>A parameter that the cloud itself gives everybody to read.</summary>
/// <param name="Name">Its name, <c>/aws/service/…</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Version">Grows with every new value.</param>
/// <param name="Time">Since when it has its value.</param>
internal sealed record PublicParameter(string Name, string Value, long Version, DateTimeOffset Time);
