namespace Nines.Control.Services.Ec2.Query;

/// <summary>One page of an answer.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextToken">Asks for the page after it; <see langword="null"/> on the last one.</param>
internal readonly record struct Page<T>(IReadOnlyList<T> Items, string? NextToken);
