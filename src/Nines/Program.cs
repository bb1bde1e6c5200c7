using Nines.Commands;

return await CommandLine.RunAsync(args);
