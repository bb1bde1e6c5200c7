namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>One value of a parameter.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Value">The value; that of a secure string is sealed, in base 64.</param>
/// <param name="Time">When it was put.</param>
/// <param name="UserArn">Who put it.</param>
internal sealed record ParameterVersion(long Number, string Value, DateTimeOffset Time, string UserArn);
